package dev.scalable.crowd;

import static dev.scalable.testkit.load.Load.rate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.scalable.TestStack;
import dev.scalable.testkit.backend.Exit;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/**
 * What thousands of connections cost those who want something of the same instance, which is a process of its own.
 *
 * <p>{@code -Dscalable.crowd.idle=10000 -Dscalable.crowd.slow=200 -Dscalable.crowd.streams=4000}, as the profile
 * {@code full} has it, says how many; {@code -Dscalable.crowd.windows} and {@code -Dscalable.crowd.seconds} how many
 * windows of each side must agree, and how long one is.
 */
class CrowdedServerTest {

  private static final int IDLE = Integer.getInteger("scalable.crowd.idle", 1_000);
  private static final int SLOW = Integer.getInteger("scalable.crowd.slow", 50);
  private static final int STREAMS = Integer.getInteger("scalable.crowd.streams", 500);
  private static final int WINDOWS = Integer.getInteger("scalable.crowd.windows", 2);
  /** In the short form, soon enough not to hold up a build on a noisy machine, where there is no verdict to be had. */
  private static final int MOST_WINDOWS = WINDOWS * WINDOWS + 1;
  private static final int SECONDS = Integer.getInteger("scalable.crowd.seconds", 4);
  private static final int PER_SECOND = 300;

  /** The bar. */
  private static final double MOST = 3;

  /** The server gives a request line and its headers 5 s. */
  private static final Duration PARSE_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    requireDescriptors();
    cluster = Cluster.builder().app(TestStack.app(CrowdedService.class)
        // Longer than the test, which asks what idle connections cost and not when they end.
        .env("SCALABLE_HTTP_IDLE_TIMEOUT", "1h").env("SCALABLE_ACCESS_LOG", "off")).instances(1).maxInstances(1).start();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** Both processes have a descriptor for each connection, and the same limit: a JVM raises its own as far as it may. */
  private static void requireDescriptors() {
    int needed = Math.max(IDLE + 2 * SLOW, STREAMS) + 1_000;
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() < needed) {
      throw new TestAbortedException("NOT RUN: " + needed + " open files are needed for " + IDLE + " idle connections or " + STREAMS
          + " streams, and ulimit -n allows " + system.getMaxFileDescriptorCount() + "; raise it, or lower -Dscalable.crowd.idle");
    }
  }

  private static Instance instance() {
    return cluster.instance(1);
  }

  private static Crowd crowd() {
    return new Crowd(new InetSocketAddress(instance().uri().getHost(), instance().uri().getPort()));
  }

  private static Stream<Supplier<? extends Crowd.Visitor>> many(int count, Supplier<? extends Crowd.Visitor> visitor) {
    return IntStream.range(0, count).mapToObj(i -> visitor);
  }

  /** The sum of a metric's series, as the instance tells it. */
  private static double metric(String name) {
    try (Client health = Client.open(TestStack.health(instance()))) {
      return Pattern.compile("^" + name + "(?:\\{[^}]*})? (\\S+)$", Pattern.MULTILINE)
          .matcher(health.send(Call.get("/metrics")).text()).results()
          .map(series -> series.group(1)).mapToDouble(Double::parseDouble).sum();
    }
  }

  private static String memory() {
    return String.format(Locale.ROOT, "%.0f MB of heap in use, %.0f MB of direct buffers",
        metric("jvm_memory_used_bytes") / 1e6, metric("jvm_buffer_memory_used_bytes") / 1e6);
  }

  private static LoadResult normalClient(String name) {
    return Load.against(instance().uri()).name(name).get("/quick")
        .open(rate(PER_SECOND).perSecond().during(Duration.ofSeconds(SECONDS))).run();
  }

  /**
   * The same load without and with the crowd, in turn. Whatever else the machine does only adds to a p99, so the
   * lowest one of a side is nearest to what it is by itself; that it was no accident is shown by others that come
   * near it. A window in which the testkit saw too much else does not count at all.
   */
  private static final class Side {
    private static final double NEAR = 1.5;

    private final String name;
    private final List<Double> p99 = new ArrayList<>();
    private int doubtful;

    Side(String name) {
      this.name = name;
    }

    void add(LoadResult window) {
      // Counts keep their meaning on a noisy machine.
      assertThat(window.failed()).as("%s: %s", name, window).isZero();
      List<String> doubts = Stream.concat(window.validity().reasons().stream(), window.noise().disturbed().stream()).toList();
      System.out.printf(Locale.ROOT, "%s: p99 %.2f ms, p50 %.2f ms %s%n", name, millis(window.response().p99()),
          millis(window.response().p50()), doubts.isEmpty() ? "" : "; does not count: " + doubts);
      if (doubts.isEmpty()) {
        p99.add(millis(window.response().p99()));
      } else {
        doubtful++;
      }
    }

    double lowest() {
      return p99.stream().min(Double::compare).orElse(Double.NaN);
    }

    boolean settled() {
      return p99.stream().filter(each -> each <= NEAR * lowest()).count() >= WINDOWS;
    }

    private static double millis(Duration time) {
      return time.toNanos() / 1e6;
    }

    @Override
    public String toString() {
      return name + ": p99 of " + p99 + " ms, and " + doubtful + " windows that do not count";
    }
  }

  @Test
  @Tag("alone") // it compares times
  void a_normal_client_hardly_notices_idle_connections_and_slowloris_is_thrown_out() throws Exception {
    Load.against(instance().uri()).get("/quick").closed(Load.users(8).during(Duration.ofSeconds(3))).run();
    Side quiet = new Side("quiet");
    Side crowded = new Side("with " + IDLE + " idle and " + SLOW + " slowloris connections");
    for (int i = 0; i < MOST_WINDOWS && !(quiet.settled() && crowded.settled()); i++) {
      quiet.add(normalClient("quiet"));
      crowded.add(inTheCrowd());
    }
    if (!quiet.settled() || !crowded.settled()) {
      inconclusive("no " + WINDOWS + " windows of a side agree on what the p99 is on this machine at this time; " + quiet + "; "
          + crowded);
    }
    double ratio = crowded.lowest() / quiet.lowest();
    System.out.printf(Locale.ROOT, "p99 %.2f ms quiet, %.2f ms %s: %.2f times%n", quiet.lowest(), crowded.lowest(),
        crowded.name, ratio);
    assertThat(ratio).as("%s; %s", quiet, crowded).isLessThanOrEqualTo(MOST);
  }

  private LoadResult inTheCrowd() throws Exception {
    LoadResult result;
    Crowd.Idle.Answers idle = new Crowd.Idle.Answers();
    Crowd.Slow.Ends slow = new Crowd.Slow.Ends();
    try (Crowd crowd = crowd()) {
      crowd.add(many(IDLE, () -> new Crowd.Idle(idle)));
      crowd.add(many(SLOW, () -> new Crowd.Slow(slow)));
      await().atMost(PATIENCE).untilAsserted(() -> {
        assertThat(idle.lost).hasValue(0);
        assertThat(idle.answered).hasValue(IDLE);
        assertThat(crowd.open()).isGreaterThanOrEqualTo(IDLE + SLOW / 2);
      });
      result = normalClient("crowded");
      await().atMost(PARSE_TIMEOUT.multipliedBy(3)).until(() -> slow.thrownOut.get() >= SLOW);
      // Those who were thrown out have come back, but for a few who are on their way.
      await().atMost(PATIENCE).until(() -> crowd.open() >= IDLE + SLOW * 9 / 10);
      assertThat(metric("http_server_connections_open")).isGreaterThanOrEqualTo(IDLE + SLOW / 2.0);
      System.out.println(crowd.open() + " connections: " + memory() + "; slowloris was thrown out " + slow.thrownOut + " times, after "
          + Duration.ofNanos(slow.longest.get()).toMillis() + " ms at most");
      slow.over.set(true);
    }
    assertThat(idle.lost).as("idle connections that the server closed or did not answer").hasValue(0);
    assertThat(Duration.ofNanos(slow.longest.get())).as("the longest that one was let to send an endless header")
        .isBetween(PARSE_TIMEOUT.minusSeconds(1), PARSE_TIMEOUT.plusSeconds(10));
    await().atMost(PATIENCE).until(() -> metric("http_server_connections_open") < 50);
    return result;
  }

  /** As the testkit says it: no pass, and a failure where the machine has nothing else to do. */
  private static void inconclusive(String why) {
    if ("enforce".equals(System.getProperty("scalable.testkit.performance"))) {
      fail("INCONCLUSIVE, and enforced: " + why);
    }
    throw new TestAbortedException("INCONCLUSIVE: " + why);
  }

  @Test
  void every_one_of_many_streams_gets_every_event_and_a_last_one_when_the_instance_ends() throws Exception {
    System.out.println("before the streams: " + memory());
    List<Crowd.Follower> followers = IntStream.range(0, STREAMS).mapToObj(i -> new Crowd.Follower()).toList();
    try (Crowd crowd = crowd()) {
      try (Client client = Client.open(instance().uri())) {
        crowd.add(followers.stream().map(follower -> () -> follower));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(followers.stream().map(Crowd.Follower::text)
            .filter(text -> !text.contains(":\n\n"))).as("streams that have not begun").isEmpty());
        assertThat(metric("http_server_requests_active")).isGreaterThanOrEqualTo(STREAMS);
        for (String event : List.of("first", "second")) {
          long began = System.nanoTime();
          assertThat(client.send(Call.post("/tell", "\"" + event + "\"")).text()).isEqualTo(String.valueOf(STREAMS));
          await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> followers.stream()
              .allMatch(follower -> follower.text().contains("data: " + event + "\n\n")));
          System.out.println("an event is with all of " + STREAMS + " streams after "
              + Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms");
        }
        System.out.println(STREAMS + " streams: " + memory() + ", " + (int) metric("jvm_threads_live_threads") + " platform threads");
        assertThat(client.send(Call.get("/quick")).status()).as("others are served").isEqualTo(200);
      }

      Exit exit = instance().terminate(Duration.ofSeconds(40));

      await().atMost(PATIENCE).until(() -> followers.stream().allMatch(Crowd.Follower::over));
      System.out.println("ended with " + STREAMS + " streams: " + exit);
      assertThat(exit.code()).isEqualTo(143);
      assertThat(exit.took()).as("streams are not waited for").isLessThan(Duration.ofSeconds(15));
      assertThat(crowd.refused()).isZero();
      assertThat(followers).allSatisfy(follower -> assertThat(follower.text())
          .containsOnlyOnce("data: first\n\n").containsOnlyOnce("data: second\n\n")
          .containsPattern("event: reconnect\nretry: \\d+\ndata: this instance drains\n\n\r\n0\r\n\r\n$"));
    } finally {
      if (!instance().isRunning()) {
        instance().start();
      }
    }
  }
}
