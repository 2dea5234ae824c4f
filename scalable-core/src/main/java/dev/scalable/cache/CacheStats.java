package dev.scalable.cache;

/**
 * Counts of what a cache has done since the start, on this instance.
 *
 * @param nearHits reads answered from the heap
 * @param farHits reads answered from Redis
 * @param loads calls of the loader, failed ones included
 * @param stored loaded values that Redis accepted
 * @param fenced loaded values that were refused because their right to be stored was gone: the key was invalidated meanwhile, a race
 *     that would have made the cache lie, or the load took too long, or Redis has forgotten
 * @param bypassed reads that went to the loader and cached nothing, since Redis was away or the key's invalidation still pending
 */
public record CacheStats(long nearHits, long farHits, long loads, long stored, long fenced, long bypassed) {}
