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
 * @param caches what each of its caches has done since the start, by name
 */
public record Status(String instance, boolean heapServes, int pending, Map<String, CacheStats> caches) {

  static Status of(String instance, Caches caches) {
    Map<String, CacheStats> stats = new TreeMap<>();
    caches.names().forEach(name -> stats.put(name, caches.stats(name)));
    return new Status(instance, caches.nearTierServes(), caches.pendingInvalidations(), stats);
  }
}
