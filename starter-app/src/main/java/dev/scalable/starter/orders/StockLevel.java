package dev.scalable.starter.orders;

/**
 * What a merchant says of a stock. Checks itself; what it refuses is answered with 400.
 *
 * @param available how many can be ordered, not negative
 */
public record StockLevel(int available) {

  /** Refuses what no stock can have. */
  public StockLevel {
    if (available < 0) {
      throw new IllegalArgumentException("available must not be negative");
    }
  }
}
