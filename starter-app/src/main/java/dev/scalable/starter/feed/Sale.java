package dev.scalable.starter.feed;

import java.time.Instant;

/**
 * Stock that has changed hands.
 *
 * @param productId the product
 * @param quantity how many were sold; negative for those that came back
 * @param available how many were left
 * @param at when, by the database's clock
 */
public record Sale(long productId, int quantity, int available, Instant at) {}
