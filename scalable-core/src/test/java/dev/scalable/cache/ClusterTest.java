package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.redis.OwnRedis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Caches with a real cluster of three masters, one of which has a replica: all keys of a namespace are in one slot. */
class ClusterTest {

  private static final int SLOTS = 16_384;
  private static final String NAMESPACE = "clustered";
  private static final int SLOT = JedisClusterCRC16.getSlot("{" + NAMESPACE + "}");

  @TempDir
  private Path folder;

  private final List<OwnRedis> nodes = new ArrayList<>();
  private OwnRedis owner;
  private OwnRedis other;
  private OwnRedis replica;
  private TwoInstances caches;

  @BeforeEach
  void start() throws Exception {
    for (int i = 0; i < 4; i++) {
      nodes.add(OwnRedis.start(folder, "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf",
          "--cluster-node-timeout", "1000"));
      nodes.get(i).execute("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
      if (i > 0) {
        nodes.get(i).execute("CLUSTER", "MEET", "127.0.0.1", Integer.toString(nodes.getFirst().port()));
      }
    }
    replica = nodes.removeLast();
    for (int i = 0; i < 3; i++) {
      List<String> words = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
      IntStream.range(SLOTS * i / 3, SLOTS * (i + 1) / 3).mapToObj(Integer::toString).forEach(words::add);
      nodes.get(i).execute(words.toArray(String[]::new));
    }
    owner = nodes.get(SLOT * 3 / SLOTS);
    other = nodes.get((SLOT * 3 / SLOTS + 1) % 3);
    await().atMost(TwoInstances.LIMIT).until(() -> replica.execute("CLUSTER", "NODES").contains(id(owner)));
    replica.execute("CLUSTER", "REPLICATE", id(owner));
    for (OwnRedis node : nodes) {
      await().atMost(TwoInstances.LIMIT).until(() -> node.execute("CLUSTER", "INFO").contains("cluster_state:ok")
          && node.execute("CLUSTER", "NODES").contains(id(replica)));
    }
    await().atMost(TwoInstances.LIMIT)
        .until(() -> replica.execute("INFO", "replication").contains("master_link_status:up"));
    caches = new TwoInstances("redis-cluster://" + nodes.get(0).address() + "," + nodes.get(1).address(), NAMESPACE);
  }

  @AfterEach
  void stop() throws Exception {
    caches.close();
    for (OwnRedis node : nodes) {
      node.close();
    }
    replica.close();
  }

  private static String id(OwnRedis node) {
    return node.execute("CLUSTER", "MYID");
  }

  private List<byte[]> keys(OwnRedis node) {
    try (Jedis client = node.client()) {
      return client.clusterGetKeysInSlotBinary(SLOT, 1_000);
    }
  }

  private void setSlot(OwnRedis node, String state, OwnRedis which) {
    node.execute("CLUSTER", "SETSLOT", Integer.toString(SLOT), state, id(which));
  }

  private void moveKeys() {
    for (byte[] key : keys(owner)) {
      owner.execute("MIGRATE", "127.0.0.1", Integer.toString(other.port()), new String(key, UTF_8), "0", "5000");
    }
  }

  @Test
  void all_keys_of_a_namespace_are_with_one_node_and_are_followed_when_it_gives_them_away() {
    caches.aWriteIsSeen(1);
    caches.awaitHealed();
    assertThat(keys(owner)).isNotEmpty();

    setSlot(other, "IMPORTING", owner);
    setSlot(owner, "MIGRATING", other);
    moveKeys();
    // Here the one sends to the other, key by key, and scripts are refused that would make keys. Nothing stale may be
    // served.
    TwoInstances.Item written = caches.write(1);
    assertThat(caches.first.get(1L)).isEqualTo(written);
    moveKeys();
    setSlot(other, "NODE", other);
    setSlot(owner, "NODE", other);

    await().atMost(TwoInstances.LIMIT).until(() -> !caches.one.pending("item", "1"));
    caches.awaitHealed();
    caches.aWriteIsSeen(1);
    assertThat(keys(other)).isNotEmpty();
    assertThat(keys(owner)).isEmpty();
  }

  @Test
  void when_the_node_dies_caches_go_on_with_its_replica() throws Exception {
    caches.aWriteIsSeen(1);
    caches.awaitHealed();
    owner.kill();
    TwoInstances.Item duringTheOutage = caches.write(2);
    assertThat(caches.first.get(2L)).as("by its writer").isEqualTo(duringTheOutage);
    await().atMost(TwoInstances.LIMIT).until(() -> replica.execute("INFO", "replication").contains("role:master"));
    caches.awaitHealed();
    await().atMost(TwoInstances.LIMIT).until(() -> !caches.one.pending("item", "2"));
    caches.aWriteIsSeen(1);
    caches.aWriteIsSeen(2);
  }

  @Test
  void when_the_node_hangs_caches_go_on_with_its_replica() throws Exception {
    caches.aWriteIsSeen(1);
    owner.pause();
    await().atMost(TwoInstances.LIMIT).until(() -> replica.execute("INFO", "replication").contains("role:master"));
    caches.awaitHealed();
    caches.aWriteIsSeen(1);
    owner.resume();
    for (int i = 0; i < 3; i++) {
      caches.aWriteIsSeen(1);
    }
  }
}
