package dev.scalable.benchmarks.hits;

/**
 * A value of a usual size, some 120 bytes as JSON.
 *
 * @param id its key
 * @param name a name
 * @param description some words
 * @param cents a price
 */
record Item(long id, String name, String description, long cents) {

  static Item of(long id) {
    return new Item(id, "a product of some kind", "a few words about it, as there would be in a list", 1995);
  }
}
