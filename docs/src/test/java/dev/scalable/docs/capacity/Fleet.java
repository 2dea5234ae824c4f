package dev.scalable.docs.capacity;

/**
 * How large a fleet must be.
 *
 * @param instances with one to spare, so that one may be down or restart
 * @param bound what asks for most instances: {@code processors}, {@code connections} or {@code handlers}
 * @param nginxCores processors of all Nginx together
 * @param databaseCores processors of PostgreSQL for these requests
 * @param connections that all instances may open to PostgreSQL
 * @param redisMessages entries of the invalidation log that Redis sends each second, to all instances together
 */
record Fleet(long instances, String bound, double nginxCores, double databaseCores, long connections, double redisMessages) {

  /** The rest must stay free, or requests queue: at 60 % they wait 1.5 times as long as they take, at 90 % 9 times. */
  static final double BUSY = 0.6;

  /**
   * What one instance has.
   *
   * @param cores its processors
   * @param pool {@code SCALABLE_DB_POOL_SIZE}
   * @param inFlight {@code SCALABLE_HTTP_MAX_IN_FLIGHT}
   */
  record Instance(double cores, int pool, int inFlight) {}

  /** The fleet for so many requests a second, a share of which are writes that invalidate one key each. */
  static Fleet of(double requests, Cost mean, double writes, Instance instance) {
    // Little's law: so many are in use at once as come in a second, times how long each is kept.
    double byProcessors = requests * mean.instance() / (instance.cores() * BUSY);
    double byConnections = requests * mean.held() / (instance.pool() * BUSY);
    double byHandlers = requests * mean.answered() / (instance.inFlight() * BUSY);

    double most = Math.max(byProcessors, Math.max(byConnections, byHandlers));
    String bound = most == byProcessors ? "processors" : most == byConnections ? "connections" : "handlers";
    long instances = Math.max(2, (long) Math.ceil(most) + 1);
    return new Fleet(instances, bound, requests * mean.nginx() / BUSY, requests * mean.database() / BUSY,
        instances * instance.pool(), requests * writes * instances);
  }
}
