package dev.scalable.cache;

import org.jspecify.annotations.Nullable;

/**
 * A trip whose value is being loaded.
 *
 * @param trip the trip
 * @param lease the right to fill; null when the value is to be kept nowhere
 * @param stale the value that was there before, expired or about to be refreshed; null if there is none, or it is of no
 *     use
 */
record Arrival<K, V>(Trip<K, V> trip, FarTier.@Nullable Lease lease, FarTier.@Nullable Found<V> stale) {}
