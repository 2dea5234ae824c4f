package dev.scalable.starter.catalog;

/**
 * What a client may say of a product. Checks itself; what it refuses is answered with 400.
 *
 * @param name what it is called, 1 to 200 characters, none of them a control character
 * @param priceCents its price in cents, not negative
 */
public record ProductDetails(String name, long priceCents) {

  private static final int LONGEST_NAME = 200;

  /** Refuses what no product can have. */
  public ProductDetails {
    if (name == null || name.isBlank() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("name must have 1 to " + LONGEST_NAME + " characters");
    }
    if (name.codePoints().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
      throw new IllegalArgumentException("name must not have control characters or halves of a surrogate pair");
    }
    if (priceCents < 0) {
      throw new IllegalArgumentException("priceCents must not be negative");
    }
  }
}
