package dev.scalable.testkit.load;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A closed model: a fixed number of users, each of which sends its next request when the last one has been answered. A
 * slow system is asked less often, so the times it measures are service times under back-pressure, not what users of an
 * open system would see (Schroeder, Wierman, Harchol-Balter: Open Versus Closed, NSDI 2006). Users with a
 * {@linkplain Users#pace pace} measure response times from their own schedules, which makes up for that.
 */
public final class ClosedModel implements Model {
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

  /** The time from the start of one round of a user to that of the next, in nanoseconds; 0 for none. */
  long paceNanos() {
    Duration pace = users.pace();
    return pace == null ? 0 : pace.toNanos();
  }

  @Override
  public boolean bounded() {
    return iterations != null || time != null;
  }

  /**
   * Whether a user that has done so many rounds, so long after the start, has not done all that the model asks for.
   */
  boolean asksForMore(int done, long nanos) {
    return (iterations != null && done < iterations.perUser()) || (time != null && nanos < time.toNanos());
  }

  @Override
  public String toString() {
    return "closed model, "
        + users
        + (iterations == null ? "" : " x " + iterations.perUser() + " requests")
        + (time == null ? "" : " for " + time.toMillis() / 1e3 + " s");
  }
}
