package dev.scalable.starter.catalog;

/**
 * A product as it stands in the database.
 *
 * @param id its identity
 * @param name what it is called
 * @param priceCents its price in cents
 */
public record Product(long id, String name, long priceCents) {}
