package dev.scalable.benchmarks.peer;

/**
 * A product, as the starter has it.
 *
 * @param id its identity
 * @param name what it is called
 * @param priceCents its price in cents
 */
public record Product(long id, String name, long priceCents) {}
