package dev.scalable.docs.capacity;

import static dev.scalable.testkit.load.Load.requests;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.noise.Noise;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/**
 * Two instances do twice the work of one, and four nearly four times, where they need nothing but their own connections: nothing is
 * shared that would hold them up. A wait takes no processor, so that two of these are enough to see it.
 *
 * <p>On a machine that is too busy to tell it is inconclusive, which is no pass; {@code -Dscalable.testkit.performance=enforce} makes
 * that a failure.
 */
@ClusterTest(app = FixedWait.class, instances = 4, calibrated = false, env = "SCALABLE_DB_POOL_SIZE=" + ScalingTest.POOL)
class ScalingTest {

  static final int POOL = 4;

  /** Always more than all pools together can serve. */
  private static final int USERS = 48;

  private static final int ROUNDS = 2;
  private static final Duration WINDOW = Duration.ofSeconds(1);

  /** What two and four instances must do of what one does. */
  private static final Map<Integer, Double> BARS = new TreeMap<>(Map.of(2, 1.8, 4, 3.4));

  /** The most that so many instances can do, by Little's law. */
  private static double bound(int instances) {
    return instances * POOL / FixedWait.SECONDS;
  }

  private static Load waiting(Cluster cluster) {
    return cluster.load().get("/wait").closed(users(USERS).during(WINDOW));
  }

  @Test
  void four_instances_do_nearly_four_times_what_one_does(Cluster cluster) {
    waiting(cluster).warmUp(requests(400)).run();
    Map<Integer, LoadResult> best = new TreeMap<>();
    // In turns: what the machine does meanwhile, it does to all.
    for (int round = 0; round < ROUNDS; round++) {
      for (int instances : new int[] {1, 2, 4}) {
        cluster.instances().forEach(each -> {
          if (each.number() <= instances) {
            cluster.balancer().markUp(each);
          } else {
            cluster.balancer().markDown(each);
          }
        });
        LoadResult result = waiting(cluster).name(instances + " instances").run();
        assertThat(result.byInstance().values().stream().filter(served -> served > 0)).hasSize(instances);
        best.merge(instances, result, (one, other) -> one.throughput() > other.throughput() ? one : other);
      }
    }

    double one = best.getOrDefault(1, best.values().iterator().next()).throughput();
    best.forEach((instances, result) -> {
      System.out.printf(Locale.ROOT, "%d instances: %.0f requests per second, %.2f times one, %.2f of what %d connections can do%n",
          instances, result.throughput(), result.throughput() / one, result.throughput() / bound(instances), instances * POOL);
      assertThat(result.throughput()).as("more than connections can do").isLessThan(bound(instances) * 1.1);
    });
    BARS.forEach((instances, bar) -> judge(best, instances, one, bar));
  }

  private static void judge(Map<Integer, LoadResult> best, int instances, double one, double bar) {
    double times = best.getOrDefault(instances, best.values().iterator().next()).throughput() / one;
    if (times < bar) {
      String sentence = String.format(Locale.ROOT, "%d instances did %.2f times what one did; the bar is %.1f", instances, times, bar);
      Optional<String> noise = best.values().stream().map(LoadResult::noise).flatMap(each -> tooBusy(each).stream()).findFirst();
      if (noise.isPresent() && !"enforce".equals(System.getProperty("scalable.testkit.performance"))) {
        throw new TestAbortedException("INCONCLUSIVE: " + sentence + ", on a machine with " + noise.get());
      }
      throw new AssertionError(sentence + "; the machine: " + best.get(instances));
    }
  }

  private static Optional<String> tooBusy(Noise noise) {
    return noise.disturbed().or(() -> noise.cpuShare().orElse(0) > 0.9 ? Optional.of("all processors busy") : Optional.empty());
  }
}
