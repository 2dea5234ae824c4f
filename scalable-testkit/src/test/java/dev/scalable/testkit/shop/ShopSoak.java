package dev.scalable.testkit.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The suite twenty times in a row, on a cluster of its own each time, beside a process that keeps one core busy: an
 * honest shop never fails. A test may say that it cannot tell, if it is one of performance. Takes about a quarter of an
 * hour, so it is not run by its name:
 *
 * <pre>
 * mvn -pl scalable-testkit -am test -Dtest=ShopSoak -Dsurefire.failIfNoSpecifiedTests=false -Dshop.soak.runs=20
 * </pre>
 */
class ShopSoak {
  private static final int RUNS = Integer.getInteger("shop.soak.runs", 20);

  /** What a test said, over all runs. */
  private final Map<String, Map<String, Integer>> verdicts = new TreeMap<>();

  private final List<String> failures = new ArrayList<>();

  @Test void an_honest_shop_never_fails_on_a_busy_machine() throws IOException {
    Process busy = busyLoop();
    try {
      for (int run = 1; run <= RUNS; run++) {
        runSuite(run);
        System.out.println("run " + run + " of " + RUNS + ": " + sum());
      }
    } finally {
      busy.destroyForcibly();
    }
    verdicts.forEach((test, counts) -> System.out.println(counts + " " + test));
    assertThat(failures).as("false failures in " + RUNS + " runs").isEmpty();
    assertThat(sum().getOrDefault("PASS", 0)).as("tests that passed").isPositive();
  }

  private void runSuite(int run) {
    LauncherFactory.create().execute(
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(ShopSuite.class)).build(),
        new TestExecutionListener() {
          @Override
          public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            boolean failed = result.getStatus() == TestExecutionResult.Status.FAILED;
            if (test.isTest() || failed) {
              verdicts.computeIfAbsent(test.getDisplayName(), name -> new TreeMap<>())
                  .merge(verdict(result), 1, Integer::sum);
            }
            if (failed) {
              failures.add("run " + run + ", " + test.getDisplayName() + ": "
                  + result.getThrowable().map(Throwable::toString).orElse(""));
            }
          }
        });
  }

  private static String verdict(TestExecutionResult result) {
    return switch (result.getStatus()) {
      case SUCCESSFUL -> "PASS";
      case ABORTED -> "INCONCLUSIVE";
      case FAILED -> "FAIL";
    };
  }

  private Map<String, Integer> sum() {
    Map<String, Integer> sum = new TreeMap<>();
    verdicts.values().forEach(counts -> counts.forEach((verdict, count) -> sum.merge(verdict, count, Integer::sum)));
    return sum;
  }

  /** Ends with this JVM, however that ends: it looks now and then whether it is still there. */
  private static Process busyLoop() throws IOException {
    return new ProcessBuilder("/bin/sh", "-c",
        "while kill -0 " + ProcessHandle.current().pid()
            + "; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done")
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }
}
