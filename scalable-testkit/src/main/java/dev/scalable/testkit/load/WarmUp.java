package dev.scalable.testkit.load;

/**
 * Requests that are sent before a run, over the connections of its users, and appear in none of its numbers.
 *
 * @param requests how many, by all users together; 0 for none; ignored if they are sent until steady
 * @param untilSteady whether they are sent until their service times hardly change, however many that takes
 */
public record WarmUp(int requests, boolean untilSteady) {
  /** Checks the number. */
  public WarmUp {
    if (requests < 0) {
      throw new IllegalArgumentException("the number of warm-up requests is not negative, this is " + requests);
    }
  }
}
