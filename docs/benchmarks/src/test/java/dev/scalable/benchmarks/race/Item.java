package dev.scalable.benchmarks.race;

import java.io.Serializable;

/**
 * A row.
 *
 * @param id its key
 * @param version counts the writes
 */
record Item(long id, long version) implements Serializable {}
