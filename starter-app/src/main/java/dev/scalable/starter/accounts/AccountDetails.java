package dev.scalable.starter.accounts;

/**
 * What a client says of itself. Checks itself; what it refuses is answered with 400.
 *
 * @param name 1 to 60 characters, none of them a control character
 */
public record AccountDetails(String name) {

  private static final int LONGEST_NAME = 60;

  /** Refuses what no account can be called. */
  public AccountDetails {
    if (name == null || name.isBlank() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("name must have 1 to " + LONGEST_NAME + " characters");
    }
    if (name.codePoints().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
      throw new IllegalArgumentException("name must not have control characters or halves of a surrogate pair");
    }
  }
}
