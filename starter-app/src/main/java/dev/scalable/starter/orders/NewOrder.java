package dev.scalable.starter.orders;

/**
 * What a client orders. Checks itself; what it refuses is answered with 400.
 *
 * @param productId the product
 * @param quantity how many, 1 to 100
 */
public record NewOrder(long productId, int quantity) {

  private static final int MOST = 100;

  /** Refuses what nobody can order. */
  public NewOrder {
    if (quantity < 1 || quantity > MOST) {
      throw new IllegalArgumentException("quantity must be 1 to " + MOST);
    }
  }
}
