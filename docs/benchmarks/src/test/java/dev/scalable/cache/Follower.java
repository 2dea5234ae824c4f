package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dagger.Component;
import dev.scalable.ScalableModule;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Singleton;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.resps.StreamEntryBinary;

/**
 * One instance in a process of its own, told what to do by lines on its standard input. It notes when it has applied
 * each invalidation, and when a bare reader of a stream has each entry in hand, by {@link System#nanoTime()}, which all
 * processes of a Linux machine share.
 */
final class Follower {

  static final String CACHE = "probe";
  static final byte[] ECHO = "echo".getBytes(UTF_8);
  static final byte[] FIELD = "n".getBytes(UTF_8);

  private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(20);

  /** As an app is wired. */
  @Singleton
  @Component(modules = ScalableModule.class)
  interface Wiring {
    Caches caches();

    InvalidationLog log();

    Set<Part> parts();
  }

  /** When each of some numbered events arrived here. */
  private static final class Arrivals {
    private volatile long[] at = new long[0];
    private final AtomicInteger count = new AtomicInteger();

    void begin(int events) {
      at = new long[events];
      count.set(0);
    }

    void note(int event) {
      long now = System.nanoTime();
      long[] window = at;
      if (event < window.length && window[event] == 0) {
        window[event] = now;
        count.incrementAndGet();
      }
    }

    /** Waits for all and writes them down; what has not come is 0. */
    void end(Path file) throws IOException, InterruptedException {
      long limit = System.nanoTime() + ARRIVAL_LIMIT.toNanos();
      while (count.get() < at.length && System.nanoTime() < limit) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
        for (long one : at) {
          out.writeLong(one);
        }
      }
    }
  }

  private final Wiring wiring;
  private final RedisClient redis;
  private final Arrivals arrivals = new Arrivals();
  private volatile boolean echoing;

  private Follower(Map<String, String> environment) throws Exception {
    wiring = DaggerFollower_Wiring.builder().scalableModule(ScalableModule.with(environment)).build();
    redis = RedisClient.create(URI.create(environment.get("SCALABLE_REDIS_URL")));
    List<Part> parts = wiring.parts().stream()
        .filter(part -> part.stage() == Part.Stage.CONNECTIONS || part.stage() == Part.Stage.WORK)
        .sorted(Comparator.comparing(Part::stage)).toList();
    for (Part part : parts) {
      part.start();
    }
    TwoTierCache<Long, String> probe = wiring.caches().named(CACHE, Long.class, String.class)
        .expireAfterWrite(Duration.ofMinutes(10)).build(id -> "value");
    wiring.log().register(CACHE, noting((InvalidationLog.Listener) probe));
    while (!wiring.caches().nearTierServes()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** The cache as the log's listener, each key noted when it has been removed. */
  private InvalidationLog.Listener noting(InvalidationLog.Listener cache) {
    return (InvalidationLog.Listener) Proxy.newProxyInstance(Follower.class.getClassLoader(),
        new Class<?>[] {InvalidationLog.Listener.class}, (proxy, method, args) -> {
          Object result = method.invoke(cache, args);
          if (method.getName().equals("invalidated")) {
            arrivals.note(Integer.parseInt((String) args[0]));
          }
          return result;
        });
  }

  /** Does no more than the reader of the log must: reads on, over a connection of its own. */
  private void echo(String after) {
    XReadParams params = new XReadParams().count(512).block(250);
    StreamEntryID last = new StreamEntryID(after);
    while (echoing) {
      List<Map.Entry<byte[], List<StreamEntryBinary>>> streams = redis.xreadBinary(params, Map.of(ECHO, last));
      if (streams != null) {
        for (StreamEntryBinary entry : streams.getFirst().getValue()) {
          entry.getFields().values().forEach(number -> arrivals.note(ByteBuffer.wrap(number).getInt()));
          last = entry.getID();
        }
      }
    }
  }

  /** How often the loader was called here when that many callers asked for a key that is nowhere. */
  private long cold(String cache, int callers) throws InterruptedException {
    TwoTierCache<Long, String> cold = wiring.caches().named(cache, Long.class, String.class)
        .expireAfterWrite(Duration.ofMinutes(10)).build(id -> {
          TimeUnit.MILLISECONDS.sleep(50);
          return "value";
        });
    CountDownLatch begin = new CountDownLatch(1);
    List<Thread> threads = IntStream.range(0, callers).mapToObj(i -> Thread.ofVirtual().start(() -> {
      try {
        begin.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (cold.get(1L) == null) {
        throw new IllegalStateException("No value");
      }
    })).toList();
    begin.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    return cold.stats().loads();
  }

  public static void main(String[] args) throws Exception {
    Follower follower = new Follower(System.getenv());
    Thread echo = new Thread();
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    System.out.println("ready");
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] order = line.split(" ", 3);
      switch (order[0]) {
        case "log" -> {
          follower.arrivals.begin(Integer.parseInt(order[1]));
          System.out.println("ready");
        }
        case "echo" -> {
          follower.arrivals.begin(Integer.parseInt(order[1]));
          follower.echoing = true;
          echo = Thread.ofPlatform().daemon().start(() -> follower.echo(order[2]));
          System.out.println("ready");
        }
        case "end" -> {
          follower.arrivals.end(Path.of(order[1]));
          follower.echoing = false;
          echo.join();
          System.out.println("ready");
        }
        case "cold" -> System.out.println(follower.cold(order[1], Integer.parseInt(order[2])));
        default -> throw new IllegalArgumentException(line);
      }
    }
    // No more orders: whoever gave them is gone, or has seen enough.
    System.exit(0);
  }
}
