package dev.scalable.benchmarks.hits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.scalable.benchmarks.CachingInstance;
import dev.scalable.cache.TwoTierCache;
import dev.scalable.http.Lookup;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What {@link NearHitBench} has JMH measure: a hit in the heap of an instance that follows a real invalidation log. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NearHits {

  /** By which the environment of the instance reaches JMH's process. */
  static final String ENVIRONMENT = "bench.env.";

  private static final int KEYS = 1_000;

  /** Keys that were made before, so that boxing is nobody's cost. */
  private static final Long[] IDS = new Long[KEYS];

  static {
    for (int i = 0; i < KEYS; i++) {
      IDS[i] = 10_000L + i;
    }
  }

  /** A warm instance of ours. */
  @State(Scope.Benchmark)
  @NullUnmarked // JMH sets it up
  public static class Ours {
    private CachingInstance instance;
    private TwoTierCache<Long, Item> cache;

    @Setup(Level.Trial)
    public void start() throws Exception {
      Map<String, String> environment = new HashMap<>();
      System.getProperties().forEach((name, value) -> {
        if (name.toString().startsWith(ENVIRONMENT)) {
          environment.put(name.toString().substring(ENVIRONMENT.length()), value.toString());
        }
      });
      instance = CachingInstance.start(environment);
      cache = instance.caches().named("item", Long.class, Item.class)
          .expireAfterWrite(Duration.ofMinutes(10)).build(Item::of);
      warm();
    }

    /** Again before each iteration: where the proof was lost, an iteration would measure Redis. */
    @Setup(Level.Iteration)
    public void warm() throws InterruptedException {
      for (Long id : IDS) {
        while (cache.peek(id) == null) {
          if (cache.get(id) == null || !instance.caches().nearTierServes()) {
            TimeUnit.MILLISECONDS.sleep(10);
          }
        }
      }
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
      System.out.println(cache.stats());
      instance.close();
    }
  }

  /** The cache that ours has below, as one would use it alone. */
  @State(Scope.Benchmark)
  public static class Plain {
    private final Cache<Long, Item> cache =
        Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofMinutes(10)).build();

    @Setup(Level.Trial)
    public void warm() {
      for (Long id : IDS) {
        cache.put(id, Item.of(id));
      }
    }
  }

  /** Which key is next; each thread goes its own way. */
  @State(Scope.Thread)
  public static class Turn {
    private int at;

    Long next() {
      at = at + 1 == KEYS ? 0 : at + 1;
      return IDS[at];
    }
  }

  @Benchmark
  public Item get(Ours ours, Turn turn) {
    return Objects.requireNonNull(ours.cache.get(turn.next()));
  }

  @Benchmark
  public Lookup.@Nullable Found<Item> peek(Ours ours, Turn turn) {
    return ours.cache.peek(turn.next());
  }

  @Benchmark
  public @Nullable Item caffeine(Plain plain, Turn turn) {
    return plain.cache.getIfPresent(turn.next());
  }

  /** The clock that each of them reads. */
  @Benchmark
  public long nanoTime() {
    return System.nanoTime();
  }
}
