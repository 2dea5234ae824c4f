package dev.scalable.db;

/** Which servers a pool leads to, and what the settings that say so are called. */
enum Servers {
  /** The one that takes writes. No instance starts without it. */
  PRIMARY("db", "SCALABLE_DB_URL", "SCALABLE_DB_POOL_SIZE"),
  /** Those that follow it. What they are asked for can be had from the primary as well, so nothing depends on them. */
  REPLICAS("db-replicas", "SCALABLE_DB_REPLICA_URL", "SCALABLE_DB_REPLICA_POOL_SIZE");

  private final String pool;
  private final String url;
  private final String poolSize;

  Servers(String pool, String url, String poolSize) {
    this.pool = pool;
    this.url = url;
    this.poolSize = poolSize;
  }

  /** Name of the pool, in logs. */
  String pool() {
    return pool;
  }

  /** Name of the setting that holds the address. */
  String url() {
    return url;
  }

  /** Name of the setting that holds the number of connections. */
  String poolSize() {
    return poolSize;
  }
}
