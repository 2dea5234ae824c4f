package dev.scalable.health;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * Runs the health checks when somebody asks, each on a thread of its own, so that one that hangs delays nobody: it is
 * reported as down when its time is over. A result is told again for a second before it is found anew, so asking often
 * costs the dependency nothing.
 *
 * <p>Safe for use by many threads.
 */
@API(status = API.Status.INTERNAL)
@Singleton
public final class HealthChecks {

  private static final Duration FRESH = Duration.ofSeconds(1);

  private final List<Checked> checks;

  @Inject
  HealthChecks(Set<HealthCheck> checks) {
    this.checks = checks.stream().sorted(Comparator.comparing(HealthCheck::name)).map(Checked::new).toList();
  }

  /**
   * What a check found.
   *
   * @param name of the check
   * @param up whether all is well
   * @param detail why it is not; empty if it is
   * @param millis how long the check took
   * @param critical whether an instance does not become ready before all was well once
   */
  public record Result(String name, boolean up, String detail, long millis, boolean critical) {}

  /** The result of every check, by name; complete at the latest when the longest timeout of a check is over. */
  public CompletableFuture<List<Result>> results() {
    return results(checks);
  }

  /** The result of every critical check, likewise. */
  public CompletableFuture<List<Result>> critical() {
    return results(checks.stream().filter(checked -> checked.check.critical()).toList());
  }

  private static CompletableFuture<List<Result>> results(List<Checked> asked) {
    List<CompletableFuture<Result>> results = asked.stream().map(Checked::result).toList();
    return CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new))
        .thenApply(all -> results.stream().map(CompletableFuture::join).toList());
  }

  /** A check, its last result, and the thread that may still be at it. */
  private static final class Checked {

    private final HealthCheck check;
    private @Nullable CompletableFuture<Result> latest;
    private @Nullable Thread thread;
    private long begun;

    Checked(HealthCheck check) {
      this.check = check;
    }

    synchronized CompletableFuture<Result> result() {
      long now = System.nanoTime();
      if (latest != null && (!latest.isDone() || now - begun < FRESH.toNanos())) {
        return latest;
      }
      if (thread != null && thread.isAlive()) {
        long millis = millisSince(begun);
        return CompletableFuture.completedFuture(
            told(false, "a check that began " + millis + " ms ago has not ended yet", millis));
      }
      begun = now;
      CompletableFuture<Result> found = new CompletableFuture<>();
      Thread runner = Thread.ofPlatform().daemon().name("health check " + check.name())
          .start(() -> found.complete(run(now)));
      thread = runner;
      latest = found;
      long limit = check.timeout().toMillis();
      CompletableFuture<Result> late = new CompletableFuture<Result>().completeOnTimeout(
          told(false, "no answer within " + limit + " ms", limit), limit, TimeUnit.MILLISECONDS);
      var unused = late.thenAccept(result -> {
        if (found.complete(result)) {
          runner.interrupt();
        }
      });
      return found;
    }

    private Result run(long since) {
      try {
        check.check();
        return told(true, "", millisSince(since));
      } catch (Exception | Error e) {
        return told(false, String.valueOf(e.getMessage()), millisSince(since));
      }
    }

    private Result told(boolean up, String detail, long millis) {
      return new Result(check.name(), up, detail, millis, check.critical());
    }

    private static long millisSince(long nanoTime) {
      return Duration.ofNanos(System.nanoTime() - nanoTime).toMillis();
    }
  }
}
