package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.cache.history.Step;
import dev.scalable.cache.history.StepFile;
import dev.scalable.db.Tx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * An instance, as a process, that reads and writes keys and writes down what it saw and did ({@link StepFile}). It is
 * told what to do by lines of its input ({@link HistoryProcess}), and ends with that, or after some minutes.
 *
 * <p>Keys are rows with a version, which each write makes one more. Key 0 is written by all instances, often; each
 * other key by one of them, twice in a short time and then not for longer than a value may be served that was
 * invalidated, so that nothing else hides it if it is served longer. About half of the keys are announced in the
 * transaction. Half of the loads pause when they have read, so that the second write of a pair meets one under way.
 */
public final class HistoryInstance {

  /** Keys besides 0, of all instances together. */
  static final int KEYS = 9;

  private static final int READERS = 6;
  private static final Duration READ_EVERY = Duration.ofMillis(1);
  private static final Duration LOAD_PAUSE = Duration.ofMillis(40);
  private static final Duration PAIR_GAP = Duration.ofMillis(15);
  private static final Duration HOT_EVERY = Duration.ofMillis(25);
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(10);

  private final String name;
  private final String table;
  private final Duration round;
  private final List<Long> ownKeys = new ArrayList<>();
  private final CacheInstance instance;
  private final StepFile steps;
  private final TwoTierCache<Long, Row> cache;
  /** Whether only key 0 is written. */
  private volatile boolean resting;

  /** A row. */
  record Row(long id, long version) {}

  /** A version whose invalidation Redis has not acknowledged when it was looked last. */
  private record Unacknowledged(long key, long version, long looked, boolean announced) {}

  private HistoryInstance(CacheInstance instance, StepFile steps) {
    this.instance = instance;
    this.steps = steps;
    this.name = setting("HISTORY_NAME");
    this.table = setting("HISTORY_TABLE");
    this.round = Duration.ofMillis(Long.parseLong(setting("HISTORY_ROUND")));
    int index = Integer.parseInt(setting("HISTORY_INDEX"));
    int instances = Integer.parseInt(setting("HISTORY_INSTANCES"));
    for (long key = 1; key <= KEYS; key++) {
      if (key % instances == index) {
        ownKeys.add(key);
      }
    }
    this.cache = instance.caches().named("history", Long.class, Row.class).expireAfterWrite(Duration.ofMinutes(10))
        .build(this::load);
  }

  /** Configured by the environment. */
  public static void main(String[] args) throws Exception {
    Thread.ofPlatform().daemon().start(() -> {
      LockSupport.parkNanos(LONGEST_LIFE.toNanos());
      Runtime.getRuntime().halt(1);
    });
    CacheInstance instance = CacheInstance.start(System.getenv().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("SCALABLE_"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    try (StepFile steps = StepFile.create(Path.of(setting("HISTORY_FILE")))) {
      new HistoryInstance(instance, steps).obey();
    }
    // Whoever has told it so has ended, or asks for the end: nothing is to be left to do.
    Runtime.getRuntime().halt(0);
  }

  private static String setting(String name) {
    return Objects.requireNonNull(System.getenv(name), name);
  }

  private void obey() throws IOException {
    say("READY");
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      String[] words = order.split(" ", -1);
      switch (words[0]) {
        case "clock" -> say("CLOCK " + System.nanoTime());
        case "go" -> go();
        case "proven" -> {
          instance.awaitProven();
          say("PROVEN");
        }
        case "rest", "write" -> resting = words[0].equals("rest");
        case "die" -> writeAnnounced(Long.parseLong(words[1]), true);
        default -> throw new IllegalArgumentException(order);
      }
    }
  }

  private static void say(String line) {
    System.out.println(HistoryProcess.SAYS + line);
  }

  private void go() {
    for (int i = 0; i < READERS; i++) {
      Thread.ofPlatform().name("reader").daemon().start(this::read);
    }
    Thread.ofPlatform().name("writer").daemon().start(this::writePairs);
    Thread.ofPlatform().name("writer of key 0").daemon().start(this::writeHot);
  }

  private Row load(Long id) {
    long version = instance.db().read(tx -> tx.handle().createQuery("select version from " + table + " where id = :id")
        .bind("id", id).mapTo(Long.class).one());
    if (ThreadLocalRandom.current().nextBoolean()) {
      LockSupport.parkNanos(LOAD_PAUSE.toNanos());
    }
    return new Row(id, version);
  }

  private void read() {
    Validity validity = instance.validity();
    while (true) {
      long key = ThreadLocalRandom.current().nextLong(KEYS + 1);
      int losses = validity.losses();
      long proven = validity.until();
      long start = System.nanoTime();
      try {
        Row row = cache.get(key);
        long end = System.nanoTime();
        // In this order: a proof that was lost and found again has another count.
        boolean throughout = proven - end > 0 && validity.until() - end > 0 && validity.losses() == losses;
        steps.write(new Step.Read(name, key, row == null ? -1 : row.version(), start, end, throughout));
      } catch (RuntimeException e) {
        // Nothing was read. Whether all can be read is not asked here.
      }
      LockSupport.parkNanos(READ_EVERY.toNanos());
    }
  }

  private void writePairs() {
    List<Unacknowledged> open = new ArrayList<>();
    while (true) {
      for (long key : ownKeys) {
        if (!resting) {
          write(key, open);
          LockSupport.parkNanos(PAIR_GAP.toNanos());
          write(key, open);
        }
        pause(round.dividedBy(ownKeys.size()), open);
      }
    }
  }

  private void writeHot() {
    List<Unacknowledged> open = new ArrayList<>();
    while (true) {
      write(0, open);
      pause(HOT_EVERY, open);
    }
  }

  /** Lets time pass and looks meanwhile what Redis has acknowledged. */
  private void pause(Duration span, List<Unacknowledged> open) {
    long end = System.nanoTime() + span.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Math.min(span.toNanos(), 10_000_000));
      open.replaceAll(each -> {
        long before = System.nanoTime();
        if (instance.pending("history", Long.toString(each.key()))) {
          return new Unacknowledged(each.key(), each.version(), before, each.announced());
        }
        steps.write(new Step.Taken(each.key(), each.version(), each.looked(), System.nanoTime(), each.announced()));
        return new Unacknowledged(-1, 0, 0, false);
      });
      open.removeIf(each -> each.key() < 0);
    }
  }

  /** Whether writes of a key are announced; some are of each instance, however many there are. */
  static boolean announced(long key) {
    return key % 4 < 2;
  }

  private void write(long key, List<Unacknowledged> open) {
    boolean announced = announced(key);
    long start = System.nanoTime();
    long version;
    try {
      version = announced ? writeAnnounced(key, false) : writeAndInvalidate(key);
    } catch (RuntimeException e) {
      // The database, whose faults are not asked for here.
      return;
    }
    long end = System.nanoTime();
    steps.write(new Step.Returned(name, key, version, start, end, announced));
    if (instance.pending("history", Long.toString(key))) {
      open.add(new Unacknowledged(key, version, start, announced));
    } else {
      steps.write(new Step.Taken(key, version, start, System.nanoTime(), announced));
    }
  }

  private long writeAndInvalidate(long key) {
    long version = instance.db().write(tx -> next(tx, key));
    cache.invalidate(key);
    return version;
  }

  private long writeAnnounced(long key, boolean last) {
    return instance.db().write(tx -> {
      if (last) {
        // Actions run in their order: this comes after the commit, and before the one that invalidates.
        tx.onEnd(outcome -> die());
      }
      long version = next(tx, key);
      cache.invalidate(tx, key);
      return version;
    });
  }

  private long next(Tx tx, long key) {
    long version = tx.handle().createQuery(
        "update " + table + " set version = version + 1 where id = :id returning version").bind("id", key)
        .mapTo(Long.class).one();
    steps.write(new Step.Began(key, version, System.nanoTime()));
    return version;
  }

  private static void die() {
    try {
      new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid())).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (true) {
      LockSupport.park();
    }
  }
}
