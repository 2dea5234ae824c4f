package dev.scalable.redis;

import dev.scalable.check.SharedState;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The masters of a cluster, each with some of the slots that keys are spread over. Jedis knows which has which, and
 * finds it out.
 */
@SharedState("the connections of this instance, and which masters it does not reach")
final class ClusterSlots implements Topology {

  private static final Logger log = LoggerFactory.getLogger(ClusterSlots.class);

  /** At the node that had the slot, at the one it sends to, and once more where that one sends on. */
  private static final int MOST_ATTEMPTS = 3;

  private final Servers servers;
  private final Connector connector;
  private final Map<HostAndPort, Breaker> breakers = new ConcurrentHashMap<>();
  private final Breaker unknown = new Breaker(this::describe, System::nanoTime);
  private final Lookout lookout = new Lookout(this::look);
  private volatile @Nullable Opened opened;
  private volatile boolean doubted;
  private volatile String reason = "it was not looked for yet";

  private record Opened(ClusterConnectionProvider nodes, RedisClusterClient commands) {}

  ClusterSlots(Servers servers, Connector connector) {
    this.servers = servers;
    this.connector = connector;
  }

  @Override
  public void start() {
    lookout.start();
  }

  @Override
  public void stop() {
    lookout.stop();
    Opened now = opened;
    if (now != null) {
      now.commands().close();
    }
  }

  private void look() {
    Opened now = opened;
    if (now == null) {
      open();
    } else if (doubted) {
      doubted = false;
      now.nodes().renewSlotCache();
    }
  }

  /** Jedis looks for the cluster when it is made, and is not made if it finds none. */
  private void open() {
    try {
      Set<HostAndPort> seeds = Set.copyOf(servers.addresses());
      ClusterConnectionProvider nodes =
          new ClusterConnectionProvider(seeds, connector.config(), connector.poolConfig());
      opened = new Opened(nodes, RedisClusterClient.builder().nodes(seeds).connectionProvider(nodes)
          .clientConfig(connector.config()).maxAttempts(MOST_ATTEMPTS).maxTotalRetriesDuration(connector.timeout())
          .build());
      log.info("Redis Cluster found by {}", servers.addresses());
    } catch (JedisException e) {
      Throwable[] why = e.getSuppressed();
      reason = String.valueOf(why.length == 0 ? e.getMessage() : why[0].getMessage());
    }
  }

  private Opened opened() {
    Opened now = opened;
    if (now == null) {
      throw new JedisConnectionException("none of the nodes tells what the cluster looks like: " + reason);
    }
    return now;
  }

  private @Nullable HostAndPort masterOf(byte[] key) {
    Opened now = opened;
    return now == null ? null : now.nodes().getNode(JedisClusterCRC16.getSlot(key));
  }

  @Override
  public UnifiedJedis commands() {
    return opened().commands();
  }

  @Override
  public HostAndPort serverOf(byte[] key) {
    HostAndPort master = opened().nodes().getNode(JedisClusterCRC16.getSlot(key));
    if (master == null) {
      throw new JedisConnectionException("no node of the cluster is known to have this key");
    }
    return master;
  }

  @Override
  public Breaker breaker(byte[] key) {
    HostAndPort master = masterOf(key);
    return master == null ? unknown : breakers.computeIfAbsent(master, ClusterSlots::breakerOf);
  }

  private static Breaker breakerOf(HostAndPort master) {
    return new Breaker(() -> "Redis Cluster's node " + master, System::nanoTime);
  }

  @Override
  public int silentServers() {
    // One that has left the cluster is asked by nobody, so nobody would find it to answer again.
    Opened now = opened;
    if (now != null) {
      Map<String, ?> nodes = now.nodes().getNodes();
      breakers.keySet().removeIf(address -> !nodes.containsKey(address.toString()));
    }
    return (int) breakers.values().stream().filter(Breaker::isOpen).count() + (unknown.isOpen() && now == null ? 1 : 0);
  }

  @Override
  public void unanswered() {
    doubted = true;
    lookout.call();
  }

  @Override
  public void sentAway() {
    opened().nodes().renewSlotCache();
  }

  @Override
  public String describe() {
    return "Redis Cluster of " + servers.addresses();
  }
}
