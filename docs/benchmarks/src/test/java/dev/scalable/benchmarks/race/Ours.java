package dev.scalable.benchmarks.race;

import dev.scalable.benchmarks.CachingInstance;
import dev.scalable.benchmarks.Stores;
import dev.scalable.cache.TwoTierCache;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongFunction;

/** Ours, with nothing set but what must be. */
record Ours(Stores stores) implements Contender.Maker {

  @Override
  public String name() {
    return "Scalable";
  }

  @Override
  public Contender start(String group, LongFunction<Item> loader) throws Exception {
    CachingInstance instance = CachingInstance.start(stores.environment(group));
    TwoTierCache<Long, Item> cache = instance.caches().named("item", Long.class, Item.class)
        .expireAfterWrite(Duration.ofMinutes(10)).build(loader::apply);
    return new Contender() {
      @Override
      public Item get(long id) {
        return Objects.requireNonNull(cache.get(id));
      }

      @Override
      public void invalidate(long id) {
        cache.invalidate(id);
      }

      @Override
      public long refused() {
        return cache.stats().fenced();
      }

      @Override
      public void close() throws Exception {
        instance.close();
      }
    };
  }
}
