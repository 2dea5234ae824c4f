package dev.scalable.redis;

import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.UnifiedJedis;

/** Which server has what, and how it is found out. Safe for use by many threads. */
interface Topology {

  /** Begins to look for servers; does not fail when there are none yet. */
  void start();

  void stop();

  /**
   * What commands go through.
   *
   * @throws redis.clients.jedis.exceptions.JedisConnectionException if no server is known yet
   */
  UnifiedJedis commands();

  /**
   * The server that has a key.
   *
   * @throws redis.clients.jedis.exceptions.JedisConnectionException if none is known
   */
  HostAndPort serverOf(byte[] key);

  /** The breaker of the server that has a key. */
  Breaker breaker(byte[] key);

  /** How many breakers are open. */
  int silentServers();

  /** A server gave no answer: perhaps another has taken its place. Returns at once. */
  void unanswered();

  /**
   * A server said that it has not, or not any more, what it was asked for. May look for the one that has; takes a few
   * timeouts.
   */
  void sentAway();

  /** What this is called in messages, without a secret. */
  String describe();

  /** Makes the topology that a URL tells. */
  static Topology of(RedisSettings settings, Connector connector) {
    return switch (settings.servers().kind()) {
      case SINGLE -> new SingleServer(settings.servers().addresses().getFirst(), connector);
      case SENTINEL -> new SentinelMaster(settings.servers(), connector);
      case CLUSTER -> new ClusterSlots(settings.servers(), connector);
    };
  }
}
