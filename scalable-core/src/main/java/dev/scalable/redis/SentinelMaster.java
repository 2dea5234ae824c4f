package dev.scalable.redis;

import dev.scalable.check.SharedState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The master that Sentinels tell.
 *
 * <p>All of them are asked once a second, and at once when a server does not answer; the one that has seen the latest
 * failover is believed. So one that was cut off from the others does not lead back to a master that was replaced
 * meanwhile. What Sentinels publish is not relied on: a subscription that has died in silence tells nothing.
 */
@SharedState("which master this instance was told of last")
final class SentinelMaster implements Topology {

  private static final Logger log = LoggerFactory.getLogger(SentinelMaster.class);

  private final Servers servers;
  private final Connector connector;
  private final Following following;
  private final RedisClient commands;
  private final Breaker breaker = new Breaker(this::describe, System::nanoTime);
  private final Lookout lookout = new Lookout(this::look);

  // Of the one that looks.
  private final Map<HostAndPort, Jedis> open = new HashMap<>();
  private long epoch = -1;
  private boolean told = true;

  /** What a Sentinel says: the master, and the number of the failover that made it one. */
  private record Word(HostAndPort master, long epoch) {}

  SentinelMaster(Servers servers, Connector connector) {
    this.servers = servers;
    this.connector = connector;
    this.following = new Following(connector);
    this.commands = RedisClient.builder().connectionProvider(following).clientConfig(connector.config()).build();
  }

  @Override
  public void start() {
    lookout.start();
  }

  @Override
  public void stop() {
    lookout.stop();
    open.values().forEach(SentinelMaster::closeQuietly);
    commands.close();
  }

  private void look() {
    Word best = null;
    int heard = 0;
    String silence = "";
    for (HostAndPort sentinel : servers.addresses()) {
      try {
        Word word = ask(sentinel);
        heard++;
        best = best == null || word.epoch() > best.epoch() ? word : best;
      } catch (JedisException e) {
        silence = sentinel + ": " + e.getMessage();
        closeQuietly(open.remove(sentinel));
      }
    }
    if (best == null) {
      if (told) {
        log.warn("No Sentinel can tell where the master {} is, so it is thought to be where it was. The last asked was"
            + " {}", servers.master(), silence);
      }
      told = false;
      return;
    }
    told = true;
    // An earlier failover than was heard of is believed only when nobody is missing: then the Sentinels were set up
    // anew.
    if (best.epoch() >= epoch || heard == servers.addresses().size()) {
      epoch = best.epoch();
      follow(best.master());
    }
  }

  private void follow(HostAndPort master) {
    HostAndPort before = following.server();
    if (!master.equals(before)) {
      log.info("Sentinels say that the master {} is {}{}", servers.master(), master,
          before == null ? "" : ", and not " + before);
      following.follow(master);
      breaker.tryNow();
    }
  }

  private Word ask(HostAndPort sentinel) {
    Jedis asked = open.computeIfAbsent(sentinel, address -> new Jedis(address, connector.sentinelConfig()));
    // In this order: an address is never taken for newer than it is.
    String epochNow = asked.sentinelMaster(servers.master()).getOrDefault("config-epoch", "0");
    List<String> address = asked.sentinelGetMasterAddrByName(servers.master());
    if (address == null || address.size() != 2) {
      throw new JedisException("it knows no master called " + servers.master());
    }
    return new Word(new HostAndPort(address.get(0), Integer.parseInt(address.get(1))), Long.parseLong(epochNow));
  }

  private static void closeQuietly(@Nullable Jedis sentinel) {
    try {
      if (sentinel != null) {
        sentinel.close();
      }
    } catch (JedisException e) {
      log.debug("A connection to a Sentinel could not be closed", e);
    }
  }

  @Override
  public UnifiedJedis commands() {
    return commands;
  }

  @Override
  public HostAndPort serverOf(byte[] key) {
    HostAndPort master = following.server();
    if (master == null) {
      throw new JedisConnectionException("no Sentinel has told of a master yet");
    }
    return master;
  }

  @Override
  public Breaker breaker(byte[] key) {
    return breaker;
  }

  @Override
  public int silentServers() {
    return breaker.isOpen() ? 1 : 0;
  }

  @Override
  public void unanswered() {
    lookout.call();
  }

  @Override
  public void sentAway() {
    HostAndPort demoted = following.server();
    if (demoted != null) {
      // Connected anew, they are refused until a Sentinel tells of another.
      following.follow(demoted);
    }
    lookout.call();
  }

  @Override
  public String describe() {
    HostAndPort master = following.server();
    return "Redis master " + servers.master() + (master == null ? " (not known yet)" : " at " + master);
  }
}
