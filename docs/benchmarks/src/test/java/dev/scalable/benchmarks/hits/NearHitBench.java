package dev.scalable.benchmarks.hits;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.scalable.benchmarks.CachingInstance;
import dev.scalable.benchmarks.Machine;
import dev.scalable.benchmarks.Quartiles;
import dev.scalable.benchmarks.Stores;
import dev.scalable.cache.TwoTierCache;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures a hit in the heap by JMH, beside plain Caffeine with {@code expireAfterWrite}. The bars: 100 ns, no byte
 * allocated, twice Caffeine. Each round measures all of them in new JVMs, one after the other, and what is said of one
 * is the median of the rounds and of its ratio to Caffeine in the same round. Run by
 *
 * <pre>
 * mvn -Pbench -pl docs/benchmarks -am test -Dtest=NearHitBench -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class NearHitBench {

  private static final int ROUNDS = Integer.getInteger("near.rounds", 9);
  private static final int SECONDS = Integer.getInteger("near.seconds", 3);
  private static final String BASE = "caffeine";

  /** What was measured of one, round by round. */
  private record Series(List<Double> nanos, List<Double> bytes) {}

  @Test
  void prints_time_and_allocation_of_a_hit() throws Exception {
    System.out.printf("%n%s; %d rounds of %d seconds%n", Machine.line(), ROUNDS, SECONDS);
    Map<String, Series> all = new LinkedHashMap<>();
    try (Stores stores = new Stores()) {
      String[] environment = stores.environment("near-" + UUID.randomUUID()).entrySet().stream()
          .map(one -> "-D" + NearHits.ENVIRONMENT + one.getKey() + "=" + one.getValue()).toArray(String[]::new);
      Options run = new OptionsBuilder().include(NearHits.class.getName() + ".*").forks(1).threads(1)
          .jvmArgsAppend(environment)
          .warmupIterations(2).warmupTime(TimeValue.seconds(1))
          .measurementIterations(SECONDS).measurementTime(TimeValue.seconds(1))
          .addProfiler(GCProfiler.class).verbosity(VerboseMode.SILENT).shouldFailOnError(true).build();
      for (int round = 0; round < ROUNDS; round++) {
        Collection<RunResult> results = new Runner(run).run();
        results.forEach(result -> {
          Series series = all.computeIfAbsent(result.getPrimaryResult().getLabel(),
              name -> new Series(new ArrayList<>(), new ArrayList<>()));
          series.nanos().add(result.getPrimaryResult().getScore());
          series.bytes().add(
              Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"), "GCProfiler").getScore());
        });
      }
    }
    print(all);
  }

  /** To the byte, on the calling thread; JMH counts what the reader of the log allocates meanwhile as well. */
  @Test
  void a_hit_allocates_nothing() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Stores stores = new Stores();
        CachingInstance instance = CachingInstance.start(stores.environment("near-" + UUID.randomUUID()))) {
      TwoTierCache<Long, Item> cache = instance.caches().named("item", Long.class, Item.class)
          .expireAfterWrite(Duration.ofMinutes(10)).build(Item::of);
      Long key = 12_345L;
      long fewest = Long.MAX_VALUE;
      for (int round = 0; round < 20; round++) {
        cache.get(key);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000_000; i++) {
          cache.get(key);
          cache.peek(key);
        }
        fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
      }
      System.out.printf(Locale.ROOT, "%nbytes allocated by 1,000,000 get and as many peek: %,d%n", fewest);
      assertThat(fewest).isZero();
    }
  }

  private static void print(Map<String, Series> all) {
    List<Double> base = Objects.requireNonNull(all.get(BASE), BASE).nanos();
    System.out.printf(Locale.ROOT, "%-10s %28s %20s   %s%n", "", "ns (quartiles)", "bytes, all threads",
        "times Caffeine (quartiles)");
    all.forEach((name, series) -> {
      List<Double> ratios =
          IntStream.range(0, base.size()).mapToObj(i -> series.nanos().get(i) / base.get(i)).toList();
      System.out.printf(Locale.ROOT, "%-10s %28s %20.4f   %s%n", name, Quartiles.of(series.nanos()).text("%.1f"),
          Quartiles.of(series.bytes()).median(), Quartiles.of(ratios).text("%.2f"));
    });
    System.out.println(Machine.line());
  }
}
