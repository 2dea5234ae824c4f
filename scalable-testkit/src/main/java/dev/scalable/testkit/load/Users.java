package dev.scalable.testkit.load;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many users send at the same time in a closed model: each waits for its answer before its next request.
 *
 * @param count the number of users, from 1 to 10,000; up to 64 are platform threads, more are virtual ones
 * @param pace the time from the intended start of one request of a user to that of its next; null if each user goes on
 *     as soon as it has its answer
 */
public record Users(int count, @Nullable Duration pace) {
  /** Checks the numbers. */
  public Users {
    if (count < 1 || count > 10_000) {
      throw new IllegalArgumentException("the number of users is between 1 and 10,000, this is " + count);
    }
    if (pace != null && (pace.isNegative() || pace.isZero() || pace.compareTo(Duration.ofDays(1)) > 0)) {
      throw new IllegalArgumentException("a pace is longer than nothing and at most a day, this is " + pace);
    }
  }

  /**
   * Returns these users with a schedule each: one request every so often. A user whose answer comes late is late with
   * its next requests, and their response times count from when they were due, as in wrk2; so a freeze shows in them.
   */
  public Users pace(Duration time) {
    return new Users(count, time);
  }

  /** Returns the closed model of these users sending for so long; a request begun in time is finished and counted. */
  public ClosedModel during(Duration time) {
    return ClosedModel.during(this, time);
  }

  /** Returns their number and pace. */
  @Override
  public String toString() {
    return count + " users" + (pace == null ? "" : ", one request each per " + pace.toNanos() / 1_000_000.0 + " ms");
  }
}
