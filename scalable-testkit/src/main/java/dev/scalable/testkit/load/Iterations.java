package dev.scalable.testkit.load;

/**
 * How many requests each user sends.
 *
 * @param perUser the number of requests of one user, at least 1
 */
public record Iterations(int perUser) {
  /** Checks the number. */
  public Iterations {
    if (perUser < 1) {
      throw new IllegalArgumentException("a user sends at least one request, this is " + perUser);
    }
  }
}
