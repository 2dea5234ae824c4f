package dev.scalable.cache;

import java.time.Duration;

/**
 * Counts of what a cache has done since the start, on this instance.
 *
 * @param nearHits reads answered from the heap
 * @param farHits reads answered from Redis
 * @param loads keys that the loader was asked for, whatever came of it
 * @param stored loaded values that Redis accepted
 * @param fenced loaded values that were refused because their right to be stored was gone: the key was invalidated
 *     meanwhile, a race that would have made the cache lie, or the load took too long, or Redis has forgotten
 * @param bypassed reads that went to the loader and cached nothing, since Redis was away or the key's invalidation
 *     still pending
 * @param stale values that were served although they had expired, since a new one could not be loaded, or not soon
 *     enough
 * @param refreshed values that were replaced before they had expired
 * @param timeouts loads that took too long and were given up
 * @param refused loads that were not begun, since too many were under way on this instance for too long
 * @param unreadable values in Redis that were a miss: of another version of the service, or damaged
 * @param unstored loaded values that Redis was to have and did not answer about
 * @param failed keys whose loader has thrown
 * @param loaded keys whose loader has returned, whether or not with a value
 * @param loading how long those loads took together
 * @param nearSize places taken in the heap now, those of loads under way as well
 * @param audits hits that were compared with the source
 */
public record CacheStats(long nearHits, long farHits, long loads, long stored, long fenced, long bypassed, long stale,
    long refreshed, long timeouts, long refused, long unreadable, long unstored, long failed, long loaded,
    Duration loading, long nearSize, Audits audits) {

  /**
   * Hits that were compared with the source, where {@code SCALABLE_CACHE_AUDIT} asks for it.
   *
   * @param ok those that were right, or whose value has left the cache in time
   * @param stale those whose value was served for longer than this library says after the source had another one
   * @param errors those that nothing can be said of: the source failed, or has another value each time it is asked
   */
  public record Audits(long ok, long stale, long errors) {}
}
