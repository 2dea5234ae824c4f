package dev.scalable.benchmarks.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.benchmarks.Machine;
import dev.scalable.benchmarks.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Counts what two-tier caches serve after a reader has loaded a row, was overtaken by a writer who committed and
 * invalidated, and went on. Two instances with heaps of their own, one real Redis, one real PostgreSQL; the same
 * scenario, loader and rows for each. Run by
 *
 * <pre>
 * mvn -Pbench -pl docs/benchmarks -am test -Dtest=RaceBench -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 *
 * <p>It fails if ours serves one old value, and if either serves one after an invalidation that raced with nothing:
 * then it would be set up wrongly, and the comparison would say nothing. What the other serves after a race is printed,
 * whatever it is.
 */
final class RaceBench {

  private static final int KEYS = Integer.getInteger("race.keys", 200);
  private static final int AT_ONCE = 20;
  private static final int ROUNDS = Integer.getInteger("race.rounds", 30);
  private static final int KEYS_OF_A_ROUND = 16;
  private static final int READERS = 6;
  private static final long ROUND_MILLIS = 400;
  /** For messages on their way to arrive; a hundred times what they take. */
  private static final long PROPAGATION_MILLIS = 500;
  private static final long BEYOND_NEAR_MILLIS = JetCache.NEAR.toMillis() + 1_000;

  private static final AtomicLong NEXT_ID = new AtomicLong(1);

  private static Stores stores;
  private static Rows rows;

  @BeforeAll
  static void start() throws Exception {
    stores = new Stores();
    rows = new Rows(stores.database());
    System.out.printf("%n%s%n", Machine.line());
  }

  @AfterAll
  static void stop() {
    rows.close();
    stores.close();
  }

  /**
   * How many keys serve an old value: on each instance, and on a third that has just started, so that it can only ask
   * Redis.
   */
  private record Stale(long reader, long writer, long far) {

    static final Stale NONE = new Stale(0, 0, 0);

    Stale plus(Stale other) {
      return new Stale(reader + other.reader, writer + other.writer, far + other.far);
    }

    static Stale count(Contender.Maker maker, String group, Contender reader, Contender writer, List<Long> ids)
        throws Exception {
      long atReader = old(reader, ids);
      long atWriter = old(writer, ids);
      try (Contender third = maker.start(group, rows::read)) {
        return new Stale(atReader, atWriter, old(third, ids));
      }
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%,18d %,8d %,8d", reader, writer, far);
    }

    private static long old(Contender cache, List<Long> ids) {
      return ids.stream().filter(id -> cache.get(id).version() < rows.read(id).version()).count();
    }
  }

  @Test
  void without_a_race_both_are_right() throws Exception {
    for (Contender.Maker maker : List.of(new JetCache(stores), new Ours(stores))) {
      String group = "calm-" + UUID.randomUUID();
      try (Contender one = maker.start(group, rows::read); Contender two = maker.start(group, rows::read)) {
        List<Long> ids = fresh(KEYS);
        ids.forEach(one::get);
        TimeUnit.MILLISECONDS.sleep(PROPAGATION_MILLIS);
        ids.forEach(two::get);
        for (long id : ids) {
          rows.bump(id);
          two.invalidate(id);
        }
        TimeUnit.MILLISECONDS.sleep(PROPAGATION_MILLIS);
        assertThat(Stale.count(maker, group, one, two, ids)).as(maker.name()).isEqualTo(Stale.NONE);
      }
    }
  }

  @Test
  void a_reader_is_overtaken() throws Exception {
    for (boolean sameInstance : List.of(false, true)) {
      System.out.printf(Locale.ROOT, "%nA reader loads, a writer on %s commits and invalidates, the reader goes on; %d"
              + " keys.%nKeys that serve the old value%n%-12s %36s   %36s%n%-12s %36s   %36s%n",
          sameInstance ? "the same instance" : "another instance", KEYS,
          "", PROPAGATION_MILLIS + " ms later", BEYOND_NEAR_MILLIS + " ms after that",
          "", "reader's / writer's / a new instance", "reader's / writer's / a new instance");
      for (Contender.Maker maker : List.of(new JetCache(stores), new Ours(stores))) {
        overtaken(maker, sameInstance);
      }
    }
  }

  private static void overtaken(Contender.Maker maker, boolean sameInstance) throws Exception {
    String group = "race-" + UUID.randomUUID();
    Pausing loader = new Pausing();
    try (Contender one = maker.start(group, loader); Contender two = maker.start(group, rows::read);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Long> ids = fresh(KEYS);
      for (int from = 0; from < KEYS; from += AT_ONCE) {
        List<Long> batch = ids.subList(from, Math.min(from + AT_ONCE, KEYS));
        loader.pause(batch.size());
        List<Future<Item>> readers = batch.stream().map(id -> threads.submit(() -> one.get(id))).toList();
        loader.awaitLoaded();
        for (long id : batch) {
          rows.bump(id);
          (sameInstance ? one : two).invalidate(id);
        }
        TimeUnit.MILLISECONDS.sleep(50);
        loader.resume();
        for (Future<Item> reader : readers) {
          reader.get();
        }
      }
      TimeUnit.MILLISECONDS.sleep(PROPAGATION_MILLIS);
      Stale atOnce = Stale.count(maker, group, one, two, ids);
      TimeUnit.MILLISECONDS.sleep(BEYOND_NEAR_MILLIS);
      Stale later = Stale.count(maker, group, one, two, ids);
      System.out.printf(Locale.ROOT, "%-12s %s   %s   %s%n", maker.name(), atOnce, later, refused(one.refused()));
      check(maker, atOnce, later);
    }
  }

  @Test
  void readers_and_writers_at_random() throws Exception {
    System.out.printf(Locale.ROOT, "%n%d readers and a writer on each of 2 instances, %d keys, %d ms, a pause of up to"
            + " 3 ms between load and store; %d rounds.%n"
            + "Keys of %,d that serve an old value at rest%n%-12s %36s   %12s %10s%n",
        READERS, KEYS_OF_A_ROUND, ROUND_MILLIS, ROUNDS, ROUNDS * KEYS_OF_A_ROUND,
        "", "first / second / a new instance", "reads", "writes");
    for (Contender.Maker maker : List.of(new JetCache(stores), new Ours(stores))) {
      atRandom(maker);
    }
  }

  private static void atRandom(Contender.Maker maker) throws Exception {
    String group = "random-" + UUID.randomUUID();
    LongFunction<Item> slow = id -> {
      Item item = rows.read(id);
      pause(ThreadLocalRandom.current().nextLong(3_000_000));
      return item;
    };
    Stale sum = Stale.NONE;
    AtomicLong reads = new AtomicLong();
    AtomicLong writes = new AtomicLong();
    try (Contender one = maker.start(group, slow); Contender two = maker.start(group, slow)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Long> ids = fresh(KEYS_OF_A_ROUND);
        load(List.of(one, two), ids, reads, writes);
        TimeUnit.MILLISECONDS.sleep(PROPAGATION_MILLIS);
        sum = sum.plus(Stale.count(maker, group, one, two, ids));
      }
      long refused = one.refused() < 0 ? -1 : one.refused() + two.refused();
      System.out.printf(Locale.ROOT, "%-12s %s   %,12d %,10d   %s%n", maker.name(), sum, reads.get(), writes.get(),
          refused(refused));
      check(maker, sum);
    }
  }

  private static void load(List<Contender> instances, List<Long> ids, AtomicLong reads, AtomicLong writes)
      throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<Callable<Void>> work = new ArrayList<>();
    for (Contender instance : instances) {
      IntStream.range(0, READERS).forEach(i -> work.add(() -> {
        while (!over.get()) {
          instance.get(any(ids));
          reads.incrementAndGet();
          pause(ThreadLocalRandom.current().nextLong(200_000));
        }
        return null;
      }));
      work.add(() -> {
        while (!over.get()) {
          long id = any(ids);
          rows.bump(id);
          instance.invalidate(id);
          writes.incrementAndGet();
          pause(ThreadLocalRandom.current().nextLong(4_000_000));
        }
        return null;
      });
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> all = work.stream().map(threads::submit).toList();
      TimeUnit.MILLISECONDS.sleep(ROUND_MILLIS);
      over.set(true);
      for (Future<Void> one : all) {
        one.get();
      }
    }
  }

  private static void check(Contender.Maker maker, Stale... counts) {
    if (maker instanceof Ours) {
      assertThat(counts).containsOnly(Stale.NONE);
    }
  }

  private static String refused(long count) {
    return count < 0 ? "" : String.format(Locale.ROOT, "(%,d loaded values refused)", count);
  }

  private static List<Long> fresh(int count) {
    long first = NEXT_ID.getAndAdd(count);
    rows.insert(first, count);
    return LongStream.range(first, first + count).boxed().toList();
  }

  private static long any(List<Long> ids) {
    return ids.get(ThreadLocalRandom.current().nextInt(ids.size()));
  }

  private static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Loads and, while told so, waits before it returns. */
  private static final class Pausing implements LongFunction<Item> {

    private volatile CountDownLatch loaded = new CountDownLatch(0);
    private volatile CountDownLatch go = new CountDownLatch(0);

    void pause(int readers) {
      loaded = new CountDownLatch(readers);
      go = new CountDownLatch(1);
    }

    void awaitLoaded() throws InterruptedException {
      if (!loaded.await(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException(loaded.getCount() + " readers have not loaded after 10 s");
      }
    }

    void resume() {
      go.countDown();
    }

    @Override
    public Item apply(long id) {
      Item item = rows.read(id);
      loaded.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return item;
    }
  }
}
