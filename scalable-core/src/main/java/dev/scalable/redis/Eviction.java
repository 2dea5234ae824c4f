package dev.scalable.redis;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Warns of a server that, when its memory is full, may throw away keys that have no time to live: the invalidation log
 * is one. That costs caches all they hold, each time, and no more; so it is a warning.
 */
final class Eviction {

  private static final Logger log = LoggerFactory.getLogger(Eviction.class);

  private static final String FIELD = "maxmemory_policy:";

  private Eviction() {}

  /** Asks by INFO, which unlike CONFIG is also granted where somebody else runs the server. */
  static void warn(Connection connection, HostAndPort server) {
    try {
      String memory = connection.executeCommand(
          new CommandObject<>(new CommandArguments(Protocol.Command.INFO).add("memory"), BuilderFactory.STRING));
      memory.lines().filter(line -> line.startsWith(FIELD)).map(line -> line.substring(FIELD.length()).strip())
          .filter(policy -> !policy.equals("noeviction") && !policy.startsWith("volatile-"))
          .forEach(policy -> log.warn("Redis at {} has the maxmemory-policy {}: when its memory is full it may throw"
              + " the invalidation log away, upon which every instance empties its heap. Set volatile-lru, another"
              + " volatile-*, or noeviction", server, policy));
    } catch (JedisDataException e) {
      log.info("Redis at {} does not tell its maxmemory-policy ({}); it should be volatile-* or noeviction", server,
          e.getMessage());
    }
  }
}
