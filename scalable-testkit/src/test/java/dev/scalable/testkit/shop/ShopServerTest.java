package dev.scalable.testkit.shop;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.users;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.RollingPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ShopServerTest {
  @Test void x() {
    try (Cluster cluster = Shop.cluster().progress(System.out::println).start()) {
      for (int i = 0; i < 4; i++) {
        long t = System.nanoTime();
        var run = cluster.load().post("/orders", () -> "{\"product\":1,\"quantity\":1}").closed(users(8))
            .whileRunning(() -> cluster.rollingRestart(RollingPolicy.standard().soak(Duration.ofMillis(200))))
            .run();
        System.out.println(run + " " + (System.nanoTime() - t) / 1e9);
        assertThat(run).lostNothing();
      }
    }
  }
}
