package dev.scalable.docs.capacity;

/**
 * What one request of a kind takes, on average, in seconds.
 *
 * @param instance processor time of the instance
 * @param nginx processor time of Nginx
 * @param database processor time of PostgreSQL
 * @param held for how long it has a connection of the pool; 0 if it needs none
 * @param answered from its arrival to its answer, when nothing queues
 */
record Cost(double instance, double nginx, double database, double held, double answered) {

  /** The mean of kinds, each with its share; shares add up to 1. */
  static Cost mean(Share... shares) {
    Cost mean = new Cost(0, 0, 0, 0, 0);
    for (Share each : shares) {
      Cost cost = each.cost();
      double share = each.share();
      mean = new Cost(mean.instance + share * cost.instance, mean.nginx + share * cost.nginx,
          mean.database + share * cost.database, mean.held + share * cost.held, mean.answered + share * cost.answered);
    }
    return mean;
  }

  /** A kind of request, and which part of all requests are of it, 0 to 1. */
  record Share(double share, Cost cost) {}
}
