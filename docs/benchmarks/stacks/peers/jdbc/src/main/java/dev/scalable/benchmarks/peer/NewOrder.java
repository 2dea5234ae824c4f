package dev.scalable.benchmarks.peer;

/**
 * What a client orders.
 *
 * @param productId the product
 * @param quantity how many, 1 to 100
 */
public record NewOrder(long productId, int quantity) {

  /** Refuses what nobody can order. */
  public NewOrder {
    if (quantity < 1 || quantity > 100) {
      throw new IllegalArgumentException("quantity must be 1 to 100");
    }
  }
}
