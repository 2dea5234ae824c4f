package dev.scalable.lifecycle;

import dev.scalable.health.HealthChecks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds an instance back, once in its life, until every critical health check has found all well. It waits without a
 * limit: to end a process mends nothing that it depends on, and the health port tells meanwhile what is waited for.
 */
final class Gate {

  private static final Logger log = LoggerFactory.getLogger(Gate.class);

  private static final Duration ASK_EVERY = Duration.ofMillis(250);
  private static final Duration TELL_EVERY = Duration.ofSeconds(10);

  private final Supplier<CompletableFuture<List<HealthChecks.Result>>> checks;

  private Gate(Supplier<CompletableFuture<List<HealthChecks.Result>>> checks) {
    this.checks = checks;
  }

  /** A gate that the critical ones of these checks open. */
  static Gate of(HealthChecks checks) {
    return new Gate(checks::critical);
  }

  /** A gate that is open. */
  static Gate open() {
    return new Gate(() -> CompletableFuture.completedFuture(List.of()));
  }

  /**
   * Returns when all of them were well at once.
   *
   * @throws InterruptedException if the service is to end instead
   */
  void pass() throws InterruptedException, ExecutionException {
    long began = System.nanoTime();
    long told = began - TELL_EVERY.toNanos();
    while (true) {
      List<HealthChecks.Result> down = checks.get().get().stream().filter(result -> !result.up()).toList();
      if (down.isEmpty()) {
        break;
      }
      if (System.nanoTime() - told >= TELL_EVERY.toNanos()) {
        told = System.nanoTime();
        log.warn("not ready, and no request is let in, before these critical health checks have passed: {}", down.stream()
            .map(result -> result.name() + " (" + result.detail() + ")").collect(Collectors.joining(", ")));
      }
      TimeUnit.NANOSECONDS.sleep(ASK_EVERY.toNanos());
    }
    if (told >= began) {
      log.info("the critical health checks have passed after {} ms", Duration.ofNanos(System.nanoTime() - began).toMillis());
    }
  }
}
