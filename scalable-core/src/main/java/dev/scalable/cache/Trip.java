package dev.scalable.cache;

import dev.scalable.cache.NearTier.Flight;

/**
 * A key that is to be read from further away than the heap.
 *
 * @param key the key
 * @param text the key, as it is written in Redis
 * @param flight what its value is to arrive with; has the key's place in the heap, unless the heap is not proven or it
 *     is a refresh
 */
record Trip<K, V>(K key, String text, Flight<V> flight) {}
