package dev.scalable;

import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.ids;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.LoadResult;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.RedisClient;

/**
 * Redis goes away while two instances behind Nginx are read, and comes back: no read fails, nobody waits for a server
 * that does not answer but the few who find that out, a write is seen while it is away, and the caches heal by
 * themselves.
 *
 * <p>{@code -Dscalable.outage.seconds=60 -Dscalable.outage.rate=300 -Dscalable.outage.kinds=SILENT,GONE}, as the
 * profile {@code full} has it, sets for how long, how many reads a second, and in which ways; one short outage if
 * nothing is said.
 */
class RedisOutageTest {

  private static final int SECONDS = Integer.getInteger("scalable.outage.seconds", 6);
  private static final int PER_SECOND = Integer.getInteger("scalable.outage.rate", 150);

  private static final int NOTES = 50;
  private static final Duration BEGINS = Duration.ofSeconds(2);
  private static final Duration ENDS = BEGINS.plusSeconds(SECONDS);
  private static final Duration OVER = ENDS.plusSeconds(4);
  /** The library's own {@code SCALABLE_REDIS_TIMEOUT}: what a read costs that finds out that nobody answers. */
  private static final Duration REDIS_TIMEOUT = Duration.ofMillis(250);
  /** Safety limits: a machine that stands still for so long is not what is tested. */
  private static final Duration LONGEST = Duration.ofSeconds(6);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** A way to be away. */
  enum Kind {
    /** Its bytes are lost, on the way to it and from it. */
    SILENT {
      @Override
      void begin(Cluster cluster) {
        cluster.redis().link().blackhole();
      }

      @Override
      void end(Cluster cluster) {
        cluster.redis().link().restore();
      }
    },
    /** Connections are reset, and new ones refused. */
    REFUSING {
      @Override
      void begin(Cluster cluster) {
        cluster.redis().link().cut();
      }

      @Override
      void end(Cluster cluster) {
        cluster.redis().link().restore();
      }
    },
    /** Its process stands still. */
    PAUSED {
      @Override
      void begin(Cluster cluster) throws IOException, InterruptedException {
        signal("STOP");
      }

      @Override
      void end(Cluster cluster) throws IOException, InterruptedException {
        signal("CONT");
      }
    },
    /** It has ended, and has forgotten everything when it comes back. */
    GONE {
      @Override
      void begin(Cluster cluster) {
        cluster.redis().stop();
      }

      @Override
      void end(Cluster cluster) {
        cluster.redis().start();
      }
    };

    private static long pid;

    abstract void begin(Cluster cluster) throws IOException, InterruptedException;

    abstract void end(Cluster cluster) throws IOException, InterruptedException;

    private static void signal(String name) throws IOException, InterruptedException {
      assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor()).isZero();
    }
  }

  static Stream<Kind> kinds() {
    return Arrays.stream(System.getProperty("scalable.outage.kinds", "SILENT").split(",")).map(Kind::valueOf);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void every_read_is_answered_while_redis_is_away_and_the_caches_heal_when_it_is_back(Kind kind) throws Exception {
    try (Cluster cluster = Cluster.builder().app(TestStack.app(TinyService.class)).instances(2).links().start()) {
      Jdbi database = Jdbi.create(cluster.postgres().dataSource());
      LibrarySchema.create(database);
      database.useHandle(handle -> {
        handle.execute("create table note (id bigint primary key, text text not null)");
        handle.execute("insert into note select id, 'first' from generate_series(1, ?) id", NOTES);
      });
      try (RedisClient redis = RedisClient.create(cluster.redis().uri())) {
        Kind.pid = Long.parseLong(redis.info("server").lines().filter(line -> line.startsWith("process_id:"))
            .findFirst().orElseThrow().substring("process_id:".length()).strip());
      }
      cluster.load().get("/notes/{id}", ids(NOTES)).closed(users(4), iterations(250)).run();

      LoadResult run;
      try {
        run = cluster.load().get("/notes/{id}", ids(NOTES))
            .open(rate(PER_SECOND).perSecond().during(OVER).maxInFlight(10_000))
            .fault(at(BEGINS), "redis is " + kind, () -> kind.begin(cluster))
            .fault(at(BEGINS.plusSeconds(SECONDS / 2)), "a write", () -> aWriteIsSeen(cluster))
            .fault(at(ENDS), "redis is back", () -> kind.end(cluster))
            .run();
      } finally {
        if (kind == Kind.PAUSED) {
          Kind.signal("CONT");
        }
      }

      List<Duration> before = answered(run, Duration.ZERO, BEGINS);
      List<Duration> during = answered(run, BEGINS, ENDS);
      List<Duration> after = answered(run, ENDS, OVER);
      long waited = during.stream().filter(time -> time.compareTo(REDIS_TIMEOUT) >= 0).count();
      System.out.println("redis " + kind + " for " + SECONDS + " s at " + PER_SECOND + " reads/s: before "
          + figures(before) + "; away " + figures(during) + ", " + waited + " waited for a timeout; after "
          + figures(after) + "; " + run.byOutcome() + "; answered with 5xx by an instance itself: "
          + errors(cluster.instance(1)) + " + " + errors(cluster.instance(2)));

      assertThat(run.exchanges()).as("every read is answered, whoever asks").allMatch(
          exchange -> exchange.fate() == Fate.OK || exchange.fate() == Fate.DROPPED);
      assertThat(run.ok()).isGreaterThanOrEqualTo(run.scheduled() * 98 / 100);
      // Without the breaker all who ask once the heap is silent would wait, two thirds and more.
      assertThat(waited).as("of " + during.size() + " reads").isLessThan(during.size() / 2);
      assertThat(percentile(during, 0.99)).isLessThan(LONGEST);
      for (Instance instance : cluster.instances()) {
        isHealed(instance);
      }
    }
  }

  /** Written on one instance, and read on both while Redis is away: the other one's heap is silent by now. */
  private static void aWriteIsSeen(Cluster cluster) {
    try (Client one = Client.open(cluster.instance(1).uri(), LIMIT);
        Client two = Client.open(cluster.instance(2).uri(), LIMIT)) {
      assertThat(one.send(Call.put("/notes/1", "\"written meanwhile\"")).status()).isEqualTo(204);
      assertThat(one.send(Call.get("/notes/1")).text()).as("by its writer").contains("written meanwhile");
      await().atMost(LIMIT).untilAsserted(() ->
          assertThat(two.send(Call.get("/notes/1")).text()).contains("written meanwhile"));
      for (Instance each : cluster.instances()) {
        await().atMost(LIMIT).until(() -> metric(each, "redis_breaker ") == 1);
      }
    }
  }

  /** All that is read comes from the heap again, and is right, also when it changes. */
  private static void isHealed(Instance instance) {
    try (Client client = Client.open(instance.uri(), LIMIT)) {
      await().atMost(LIMIT).until(() -> metric(instance, "cache_near_serving ") == 1
          && metric(instance, "cache_invalidations_pending ") == 0);
      await().atMost(LIMIT).untilAsserted(() -> {
        for (int id = 1; id <= NOTES; id++) {
          client.send(Call.get("/notes/" + id));
        }
        double near = metric(instance, "cache_hits_total{cache=\"note\",tier=\"near\"}");
        for (int id = 1; id <= NOTES; id++) {
          assertThat(client.send(Call.get("/notes/" + id)).text()).contains(id == 1 ? "written meanwhile" : "first");
        }
        assertThat(metric(instance, "cache_hits_total{cache=\"note\",tier=\"near\"}") - near).isEqualTo(NOTES);
      });
    }
  }

  private static List<Duration> answered(LoadResult run, Duration from, Duration to) {
    return run.exchanges().stream().filter(exchange -> exchange.fate() == Fate.OK)
        .filter(exchange -> exchange.intended().compareTo(from) >= 0 && exchange.intended().compareTo(to) < 0)
        .map(Exchange::responseTime).sorted().toList();
  }

  private static Duration percentile(List<Duration> sorted, double share) {
    return sorted.get(Math.min(sorted.size() - 1, (int) (sorted.size() * share)));
  }

  private static String figures(List<Duration> sorted) {
    return "p50 " + percentile(sorted, 0.5).toNanos() / 1_000 + " us, p99 " + percentile(sorted, 0.99).toNanos() / 1_000
        + " us, max " + sorted.getLast().toMillis() + " ms";
  }

  private static double errors(Instance instance) throws IOException, InterruptedException {
    return metric(instance, "http_server_requests_seconds_count{method=\"GET\",route=\"/notes/{id}\",status=\"5xx\"}");
  }

  /** The value of one line of a scrape; 0 when it is not there. */
  private static double metric(Instance instance, String series) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(TestStack.health(instance).resolve("/metrics")).build(),
          BodyHandlers.ofString()).body().lines().filter(line -> line.startsWith(series))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).findFirst().orElse(0);
    }
  }
}
