package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.cache.TwoInstances.Item;
import dev.scalable.redis.OwnRedis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Caches with a real Redis, its replica, and three Sentinels that put the one in the other's place. */
class SentinelTest {

  private static final String MASTER = "the-master";

  @TempDir
  private Path folder;

  private OwnRedis master;
  private OwnRedis replica;
  private final List<OwnRedis> sentinels = new ArrayList<>();
  private TwoInstances caches;

  @BeforeEach
  void start() throws Exception {
    master = OwnRedis.start(folder);
    replica = OwnRedis.start(folder, "--replicaof", "127.0.0.1", Integer.toString(master.port()));
    await().until(() -> replica.execute("INFO", "replication").contains("master_link_status:up"));
    for (int i = 0; i < 3; i++) {
      sentinels.add(OwnRedis.sentinel(folder, "sentinel monitor " + MASTER + " 127.0.0.1 " + master.port() + " 2",
          "sentinel down-after-milliseconds " + MASTER + " 500", "sentinel failover-timeout " + MASTER + " 5000"));
    }
    for (OwnRedis sentinel : sentinels) {
      await().atMost(TwoInstances.LIMIT).until(() -> {
        try (Jedis asked = sentinel.client()) {
          Map<String, String> state = asked.sentinelMaster(MASTER);
          return "1".equals(state.get("num-slaves")) && "2".equals(state.get("num-other-sentinels"));
        }
      });
    }
    caches = new TwoInstances("redis-sentinel://"
        + sentinels.stream().map(OwnRedis::address).collect(Collectors.joining(",")) + "#" + MASTER, "sentinel");
  }

  @AfterEach
  void stop() throws Exception {
    caches.close();
    for (OwnRedis sentinel : sentinels) {
      sentinel.close();
    }
    replica.close();
    master.close();
  }

  private void awaitPromotion() {
    await().atMost(TwoInstances.LIMIT).until(() -> replica.execute("INFO", "replication").contains("role:master"));
  }

  private int writesTo(OwnRedis server) {
    return Integer.parseInt(server.execute("INFO", "commandstats").lines()
        .filter(line -> line.startsWith("cmdstat_evalsha:calls=")).findFirst().orElse("=0,")
        .replaceAll("^[^=]*=(\\d+),.*", "$1"));
  }

  @Test
  void when_the_master_dies_caches_go_on_with_the_one_that_takes_its_place() throws Exception {
    caches.aWriteIsSeen(1);
    caches.awaitHealed();
    master.kill();
    Item duringTheOutage = caches.write(2);
    assertThat(caches.one.pending("item", "2")).isTrue();
    assertThat(caches.first.get(2L)).as("by its writer").isEqualTo(duringTheOutage);
    awaitPromotion();
    caches.awaitHealed();
    await().atMost(TwoInstances.LIMIT).until(() -> !caches.one.pending("item", "2"));
    caches.aWriteIsSeen(1);
    caches.aWriteIsSeen(2);
  }

  @Test
  void a_master_that_hung_and_comes_back_is_not_returned_to() throws Exception {
    caches.aWriteIsSeen(1);
    master.pause();
    awaitPromotion();
    caches.awaitHealed();
    caches.aWriteIsSeen(1);
    int before = writesTo(replica);
    // For a while it takes itself for the master still.
    master.resume();
    for (int i = 0; i < 5; i++) {
      caches.aWriteIsSeen(1);
    }
    assertThat(writesTo(replica)).isGreaterThanOrEqualTo(before + 5);
  }

  @Test
  void a_failover_that_is_asked_for_is_followed_although_the_old_master_goes_on_as_a_replica() {
    caches.aWriteIsSeen(1);
    caches.awaitHealed();
    try (Jedis sentinel = sentinels.getFirst().client()) {
      sentinel.sentinelFailover(MASTER);
    }
    await().atMost(TwoInstances.LIMIT).until(() -> master.execute("INFO", "replication").contains("role:slave"));
    caches.awaitHealed();
    caches.aWriteIsSeen(1);
  }
}
