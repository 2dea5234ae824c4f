package dev.scalable.starter.products;

/**
 * A product as it stands in the database.
 *
 * @param id its identity
 * @param name what it is called
 * @param priceCents its price in cents
 * @param stock how many are there
 */
public record Product(long id, String name, long priceCents, int stock) {}
