package dev.scalable.benchmarks.peer;

import java.time.Instant;

/**
 * An order, as the starter has it.
 *
 * @param id its identity
 * @param productId what was ordered
 * @param quantity how many
 * @param priceCents the price of one when it was ordered, in cents
 * @param state whether it stands
 * @param placedAt when it was placed
 */
public record Order(long id, long productId, int quantity, long priceCents, String state, Instant placedAt) {}
