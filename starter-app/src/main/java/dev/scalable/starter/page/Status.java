package dev.scalable.starter.page;

import dev.scalable.cache.CacheStats;
import dev.scalable.cache.Caches;
import java.util.Map;
import java.util.TreeMap;

/**
 * How one instance does. Behind a balancer each answer is another one's.
 *
 * @param instance what the instance calls itself
 * @param heapServes whether values in its heap are proven to be current, and so may be served
 * @param pending how many invalidations of its own Redis has not acknowledged
 * @param caches where each of its caches has found what it was asked for, by name
 */
public record Status(String instance, boolean heapServes, int pending, Map<String, Found> caches) {

  /**
   * Where values were found since the start.
   *
   * @param nearHits in the heap
   * @param farHits in Redis
   * @param loads in PostgreSQL
   * @param fenced how many of those Redis refused to store, since they had been changed meanwhile
   */
  public record Found(long nearHits, long farHits, long loads, long fenced) {

    private static Found of(CacheStats stats) {
      return new Found(stats.nearHits(), stats.farHits(), stats.loads(), stats.fenced());
    }
  }

  static Status of(String instance, Caches caches) {
    Map<String, Found> found = new TreeMap<>();
    caches.names().forEach(name -> found.put(name, Found.of(caches.stats(name))));
    return new Status(instance, caches.nearTierServes(), caches.pendingInvalidations(), found);
  }
}
