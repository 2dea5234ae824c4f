package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.cache.history.Promise;
import dev.scalable.cache.history.Verdict;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Instances in processes of their own read and write all the time, on a real Redis and a real PostgreSQL, while things
 * happen to them; and what they read is as {@code docs/explanation/consistency.md} promises. A build that lacks a guard
 * is caught by the same load.
 *
 * <p>{@code -Dscalable.history=full}, as the profile {@code full} has it, repeats what can happen more than once, and
 * takes every guard away.
 */
class HistoryTest {

  private static final boolean FULL = "full".equals(System.getProperty("scalable.history"));

  private static final int INSTANCES = 3;
  private static final int ROUNDS = FULL ? 5 : 1;

  /**
   * Bounds between two faults. What the one leaves behind is seen during the next; in the long form by itself, too.
   */
  private static final double CALM = FULL ? 1.2 : 0.3;

  /** How often a broken build is looked at until it is caught, each time after half the bound. */
  private static final int LOOKS = 40;

  private static final Set<BrokenBuild> ALWAYS = EnumSet.of(BrokenBuild.FILLS_WITHOUT_A_LEASE,
      BrokenBuild.THE_LOG_IS_READ_AND_NOT_APPLIED, BrokenBuild.THE_PROOF_HAS_NO_END);

  @TempDir
  private Path folder;

  @Test
  void whatever_happens_what_instances_read_is_as_promised() throws Exception {
    try (HistoryCluster cluster = new HistoryCluster(folder, INSTANCES, "")) {
      cluster.awaitWarm();
      for (int round = 1; round <= ROUNDS; round++) {
        for (HistoryFault fault : HistoryFault.values()) {
          if (!fault.lasts() || round == ROUNDS) {
            fault.befall(cluster);
            cluster.awaitProven();
            cluster.run(CALM);
          }
        }
      }
      cluster.run(1.2);
      Verdict verdict = cluster.judge();
      System.out.println(verdict);
      assertThat(verdict.violations()).as(verdict + "\n" + cluster.output()).isEmpty();
      assertThat(verdict.judged()).allSatisfy((promise, reads) -> assertThat(reads).as(promise.name()).isPositive());
    }
  }

  static Set<BrokenBuild> builds() {
    return FULL ? EnumSet.allOf(BrokenBuild.class) : ALWAYS;
  }

  @ParameterizedTest
  @MethodSource("builds")
  void a_build_that_lacks_a_guard_is_caught(BrokenBuild build) throws Exception {
    try (HistoryCluster cluster = new HistoryCluster(folder, 2, build.compile(folder))) {
      cluster.awaitWarm();
      build.fault().befall(cluster);
      Verdict verdict = cluster.judge();
      for (int i = 0; i < LOOKS && verdict.violations().isEmpty(); i++) {
        cluster.run(0.5);
        verdict = cluster.judge();
      }
      System.out.println(build + ": " + verdict);
      assertThat(verdict.violations()).as(verdict + "\n" + cluster.output()).isNotEmpty();
      assertThat(verdict.broken(Promise.WRITTEN)).as("no fault of the history itself").isZero();
    }
  }
}
