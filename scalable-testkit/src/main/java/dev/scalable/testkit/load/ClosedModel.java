package dev.scalable.testkit.load;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A closed model: a fixed number of users, each of which sends its next request when the last one has been answered. A
 * slow system is asked less often, so the times it measures are service times under back-pressure, not what users of an
 * open system would see (Schroeder, Wierman, Harchol-Balter: Open Versus Closed, NSDI 2006).
 */
public final class ClosedModel {
  private final Users users;
  private final @Nullable Iterations iterations;
  private final @Nullable Duration time;

  private ClosedModel(Users users, @Nullable Iterations iterations, @Nullable Duration time) {
    this.users = users;
    this.iterations = iterations;
    this.time = time;
  }

  static ClosedModel of(Users users, Iterations iterations) {
    return new ClosedModel(users, iterations, null);
  }

  static ClosedModel during(Users users, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("a load lasts longer than nothing, this is " + time);
    }
    return new ClosedModel(users, null, time);
  }

  /** Users that go on for as long as an action runs. */
  static ClosedModel whileRunning(Users users) {
    return new ClosedModel(users, null, null);
  }

  int users() {
    return users.count();
  }

  /** Whether it ends by itself. */
  boolean bounded() {
    return iterations != null || time != null;
  }

  /**
   * Whether a user that has sent so many requests, so long after the start, has not sent all that the model asks for.
   */
  boolean asksForMore(int sent, long nanos) {
    return (iterations != null && sent < iterations.perUser()) || (time != null && nanos < time.toNanos());
  }

  @Override
  public String toString() {
    return "closed model, "
        + users.count()
        + " users"
        + (iterations == null ? "" : " x " + iterations.perUser() + " requests")
        + (time == null ? "" : " for " + time.toMillis() / 1e3 + " s");
  }
}
