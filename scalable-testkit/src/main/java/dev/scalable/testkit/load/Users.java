package dev.scalable.testkit.load;

import java.time.Duration;

/**
 * How many users send at the same time in a closed model: each waits for its answer before its next request.
 *
 * @param count the number of users, from 1 to 10,000; up to 64 are platform threads, more are virtual ones
 */
public record Users(int count) {
  /** Checks the number. */
  public Users {
    if (count < 1 || count > 10_000) {
      throw new IllegalArgumentException("the number of users is between 1 and 10,000, this is " + count);
    }
  }

  /** Returns the closed model of these users sending for so long; a request begun in time is finished and counted. */
  public ClosedModel during(Duration time) {
    return ClosedModel.during(this, time);
  }
}
