package dev.scalable.starter.orders;

/**
 * How many of a product can be ordered.
 *
 * @param productId the product
 * @param available how many, never negative
 */
public record Stock(long productId, int available) {}
