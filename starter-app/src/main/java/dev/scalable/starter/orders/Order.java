package dev.scalable.starter.orders;

import java.time.Instant;

/**
 * An order as it stands in the database.
 *
 * @param id its identity
 * @param productId what was ordered
 * @param quantity how many
 * @param priceCents the price of one when it was ordered, in cents
 * @param state whether it stands
 * @param placedAt when it was placed, by the database's clock
 */
public record Order(long id, long productId, int quantity, long priceCents, State state, Instant placedAt) {

  /** Whether an order stands. */
  public enum State {
    /** It stands. */
    PLACED,
    /** It was cancelled, and what it took is in stock again. */
    CANCELLED
  }
}
