package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.ScalableModule;
import dev.scalable.benchmarks.Machine;
import dev.scalable.benchmarks.Quartiles;
import dev.scalable.benchmarks.Stores;
import dev.scalable.lifecycle.Part;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

/**
 * Ten instances, each in a process of its own: how long an invalidation takes until the last of them has applied it,
 * beside an XADD that as many bare readers wait for, in turns and by the same processes; what ten idle instances ask of
 * Redis; and how often a cold key is loaded. The bars: 1.5 times the bare stream, two small reads per instance and 250
 * ms, one load. Run by
 *
 * <pre>
 * mvn -Pbench -pl docs/benchmarks -am test -Dtest=PropagationBench -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class PropagationBench {

  private static final int INSTANCES = Integer.getInteger("propagation.instances", 10);
  private static final int ROUNDS = Integer.getInteger("propagation.rounds", 5);
  private static final int MILLIS = 2_000;
  private static final List<Integer> RATES = List.of(100, 1_000, 5_000);
  private static final int PRODUCERS = 4;
  private static final int IDLE_SECONDS = 10;
  private static final int COLD_KEYS = 10;
  private static final int CALLERS = 100;

  private static final String NAMESPACE = "propagation-" + UUID.randomUUID();

  private static Stores stores;
  private static Followers followers;
  private static RedisClient redis;

  @BeforeAll
  static void start() throws Exception {
    stores = new Stores();
    followers = new Followers(INSTANCES, stores, NAMESPACE);
    redis = RedisClient.create(stores.redis());
    System.out.printf("%n%s; %d instances%n", Machine.line(), INSTANCES);
  }

  @AfterAll
  static void stop() throws Exception {
    System.out.println(Machine.line());
    redis.close();
    followers.close();
    stores.close();
  }

  /** What one window has shown, in ms. */
  private record Window(double p50, double p99, double perSecond) {}

  @Test
  void prints_how_long_invalidations_travel() throws Exception {
    Follower.Wiring writer = DaggerFollower_Wiring.builder()
        .scalableModule(ScalableModule.with(stores.environment(NAMESPACE))).build();
    // It writes and does not read: there are to be as many readers of the log as of the bare stream.
    List<Part> links = writer.parts().stream().filter(part -> part.stage() == Part.Stage.CONNECTIONS).toList();
    for (Part part : links) {
      part.start();
    }
    TwoTierCache<Long, String> cache = writer.caches().named(Follower.CACHE, Long.class, String.class)
        .expireAfterWrite(Duration.ofMinutes(10)).build(id -> "value");
    XAddParams capped = new XAddParams().maxLen(10_000).approximateTrimming();
    System.out.printf("ms until on all of %d (quartiles of %d windows of %d ms)%n%8s %-12s %12s %26s %30s%n", INSTANCES,
        ROUNDS, MILLIS, "a second", "", "reached", "p50", "p99");
    for (int rate : RATES) {
      int events = rate * MILLIS / 1_000;
      List<Window> ours = new ArrayList<>();
      List<Window> bare = new ArrayList<>();
      for (int round = -1; round < ROUNDS; round++) {
        followers.all("log " + events);
        Window log = window(rate, events, event -> cache.invalidate((long) event));
        byte[] last = redis.xadd(Follower.ECHO, capped, Map.of(Follower.FIELD, number(Integer.MAX_VALUE)));
        followers.all("echo " + events + " " + new String(last, UTF_8));
        Window echo = window(rate, events,
            event -> redis.xadd(Follower.ECHO, capped, Map.of(Follower.FIELD, number(event))));
        if (round >= 0) {
          ours.add(log);
          bare.add(echo);
        }
      }
      print(rate, "bare XREAD", bare);
      print(rate, "ours", ours);
      System.out.printf("%8s %-12s %12s %26s %30s%n", "", "times bare", "", ratio(ours, bare, true),
          ratio(ours, bare, false));
    }
    for (Part part : links) {
      part.stop();
    }
  }

  private static Window window(int rate, int events, IntConsumer send) throws Exception {
    long[] sent = new long[events];
    AtomicInteger next = new AtomicInteger();
    long begun = System.nanoTime();
    Callable<Void> producer = () -> {
      for (int event = next.getAndIncrement(); event < events; event = next.getAndIncrement()) {
        long due = begun + event * 1_000_000_000L / rate;
        for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
          LockSupport.parkNanos(early);
        }
        sent[event] = System.nanoTime();
        send.accept(event);
      }
      return null;
    };
    try (ExecutorService producers = Executors.newFixedThreadPool(PRODUCERS)) {
      for (Future<Void> one : producers.invokeAll(IntStream.range(0, PRODUCERS).mapToObj(i -> producer).toList())) {
        one.get();
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    long[] arrived = followers.end(events);
    assertThat(arrived).as("arrivals; 0 is one that did not come").doesNotContain(0);
    double[] millis = IntStream.range(0, events).mapToDouble(i -> (arrived[i] - sent[i]) / 1e6).sorted().toArray();
    return new Window(millis[events / 2], millis[events * 99 / 100], events / seconds);
  }

  private static void print(int rate, String name, List<Window> windows) {
    System.out.printf(Locale.ROOT, "%,8d %-12s %,12.0f %26s %30s%n", rate, name,
        Quartiles.of(windows.stream().map(Window::perSecond).toList()).median(),
        Quartiles.of(windows.stream().map(Window::p50).toList()).text("%.2f"),
        Quartiles.of(windows.stream().map(Window::p99).toList()).text("%.2f"));
  }

  private static String ratio(List<Window> ours, List<Window> bare, boolean p50) {
    return Quartiles.of(IntStream.range(0, ours.size()).mapToObj(i -> p50
        ? ours.get(i).p50() / bare.get(i).p50() : ours.get(i).p99() / bare.get(i).p99()).toList()).text("%.2f");
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  @Test
  void prints_what_idle_instances_ask_of_redis() throws Exception {
    Map<String, Long> before = calls();
    long begun = System.nanoTime();
    TimeUnit.SECONDS.sleep(IDLE_SECONDS);
    Map<String, Long> after = calls();
    double quarters = (System.nanoTime() - begun) / 250e6;
    System.out.printf("%nidle: calls per instance and 250 ms%n");
    after.forEach((command, count) -> {
      double each = (count - before.getOrDefault(command, 0L)) / quarters / INSTANCES;
      if (each > 0.01) {
        System.out.printf(Locale.ROOT, "%-20s %.2f%n", command, each);
      }
    });
  }

  /** What Redis has counted; the commands within a script count as well. */
  private static Map<String, Long> calls() {
    Map<String, Long> calls = new HashMap<>();
    redis.info("commandstats").lines().filter(line -> line.startsWith("cmdstat_")).forEach(line -> {
      String[] parts = line.substring("cmdstat_".length()).split("[:=,]", 4);
      calls.put(parts[0], Long.parseLong(parts[2]));
    });
    return calls;
  }

  @Test
  void a_cold_key_is_loaded_once() throws Exception {
    for (int key = 0; key < COLD_KEYS; key++) {
      List<String> loads = followers.all("cold cold-" + key + " " + CALLERS);
      assertThat(loads.stream().mapToLong(Long::parseLong).sum()).as("loads, by instance " + loads).isEqualTo(1);
    }
    System.out.printf("%n%d cold keys, each asked for by %d callers in each of %d instances: 1 load of each%n",
        COLD_KEYS, CALLERS, INSTANCES);
  }
}
