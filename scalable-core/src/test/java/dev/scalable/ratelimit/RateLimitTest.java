package dev.scalable.ratelimit;

import static dev.scalable.server.Wire.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dagger.BindsInstance;
import dagger.Component;
import dev.scalable.TestStack;
import dev.scalable.config.Settings;
import dev.scalable.http.Filter;
import dev.scalable.http.Principal;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Part;
import dev.scalable.redis.RedisModule;
import dev.scalable.server.ServerSettings;
import dev.scalable.server.TestServer;
import dev.scalable.server.Wire;
import dev.scalable.testkit.link.Link;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;

/** Limits that instances with links of their own keep together in a real Redis, and what they do without it. */
class RateLimitTest {

  private static final Duration LONG = Duration.ofHours(1);

  private final String namespace = "rate-" + UUID.randomUUID();

  @Singleton
  @Component(modules = RedisModule.class)
  interface Wiring {
    RateLimits limits();

    Set<Part> parts();

    /** Gives the settings. */
    @Component.Factory
    interface Factory {
      Wiring of(@BindsInstance Settings settings);
    }
  }

  /** One instance: a link to Redis and a server. */
  private static final class Instance implements AutoCloseable {

    private final Wiring wiring;
    private final TestServer server;

    Instance(URI redis, String namespace, ServerSettings.Threads threads, Function<RateLimits, Set<Route>> routes)
        throws Exception {
      this(redis, namespace, TestServer.settings(threads), routes);
    }

    Instance(URI redis, String namespace, ServerSettings settings, Function<RateLimits, Set<Route>> routes)
        throws Exception {
      wiring = DaggerRateLimitTest_Wiring.factory().of(Settings.of(Map.of("SCALABLE_REDIS_URL", redis.toString(),
          "SCALABLE_REDIS_TIMEOUT", "300ms", "SCALABLE_RATELIMIT_NAMESPACE", namespace)));
      for (Part part : wiring.parts()) {
        part.start();
      }
      server = TestServer.start(settings, routes.apply(wiring.limits()));
    }

    Wire connect() throws Exception {
      return server.connect();
    }

    @Override
    public void close() throws Exception {
      server.close();
      for (Part part : wiring.parts()) {
        part.stop();
      }
    }
  }

  private Instance start(ServerSettings.Threads threads, Function<RateLimits, RateLimit> limit) throws Exception {
    return start(TestStack.redis().uri(), threads, limit);
  }

  private Instance start(URI redis, ServerSettings.Threads threads, Function<RateLimits, RateLimit> limit)
      throws Exception {
    return new Instance(redis, namespace, threads,
        limits -> Set.of(Route.get("/x", r -> Response.text("x")).with(limit.apply(limits))));
  }

  private static int admitted(Instance instance, int requests) throws Exception {
    int admitted = 0;
    try (Wire wire = instance.connect()) {
      for (int i = 0; i < requests; i++) {
        admitted += wire.ask(get("/x")).status() == 200 ? 1 : 0;
      }
    }
    return admitted;
  }

  private static <T> FutureTask<T> inBackground(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  @ParameterizedTest
  @EnumSource
  void two_instances_together_let_in_exactly_as_many_as_the_limit(ServerSettings.Threads threads) throws Exception {
    Function<RateLimits, RateLimit> limit = limits -> limits.limit("all", 50, LONG);
    try (Instance one = start(threads, limit); Instance two = start(threads, limit)) {
      List<FutureTask<Integer>> clients = new ArrayList<>();
      for (Instance instance : List.of(one, two, one, two, one, two)) {
        clients.add(inBackground(() -> admitted(instance, 40)));
      }
      int admitted = 0;
      for (FutureTask<Integer> client : clients) {
        admitted += client.get();
      }
      assertThat(admitted).as("of 240 at once").isEqualTo(50);
    }
  }

  @Test
  void after_the_first_ones_so_many_are_let_in_as_time_frees() throws Exception {
    int count = 20;
    Duration per = Duration.ofSeconds(1);
    Function<RateLimits, RateLimit> limit = limits -> limits.limit("steady", count, per);
    try (Instance one = start(TestServer.threads(), limit);
        Instance two = start(TestServer.threads(), limit)) {
      long began = System.nanoTime();
      FutureTask<Integer> first = inBackground(() -> admitted(one, 2_000));
      FutureTask<Integer> second = inBackground(() -> admitted(two, 2_000));
      int admitted = first.get() + second.get();
      double seconds = (System.nanoTime() - began) / 1e9;
      assertThat(admitted).isLessThanOrEqualTo((int) (count + count * seconds + 1)).isGreaterThanOrEqualTo(count);
      await().until(() -> admitted(one, 1) == 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_refusal_is_a_429_that_says_when_to_come_back(ServerSettings.Threads threads) throws Exception {
    try (Instance instance = start(threads, limits -> limits.limit("few", 2, Duration.ofSeconds(100)));
        Wire wire = instance.connect()) {
      assertThat(wire.ask(get("/x")).status()).isEqualTo(200);
      Wire.Answer last = wire.ask(get("/x"));
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.all("RateLimit")).as("only when told").isEmpty();
      Wire.Answer refused = wire.ask(get("/x"));
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("Content-Type")).contains("application/problem+json");
      assertThat(refused.body()).contains("More than 2 in 100 s", "few", "requestId");
      assertThat(refused.header("Retry-After").map(Integer::parseInt).orElse(0)).isBetween(45, 50);
    }
  }

  @Test
  void a_refused_request_is_not_counted_so_who_keeps_asking_is_let_in_all_the_same() throws Exception {
    try (Instance instance = start(TestServer.threads(),
            limits -> limits.limit("eager", 1, Duration.ofMillis(300)));
        Wire wire = instance.connect()) {
      assertThat(wire.ask(get("/x")).status()).isEqualTo(200);
      long began = System.nanoTime();
      await().pollInterval(Duration.ofMillis(1)).until(() -> wire.ask(get("/x")).status() == 200);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(200));
    }
  }

  @Test
  void headers_tell_beforehand_where_they_are_wanted() throws Exception {
    try (Instance instance = start(TestServer.threads(),
            limits -> limits.limit("told", 3, Duration.ofSeconds(60)).withHeaders()); Wire wire = instance.connect()) {
      assertThat(wire.ask(get("/x"))).satisfies(answer -> {
        assertThat(answer.all("RateLimit-Policy")).containsExactly("\"told\";q=3;w=60");
        assertThat(answer.all("RateLimit")).containsExactly("\"told\";r=2;t=20");
      });
      wire.ask(get("/x"));
      wire.ask(get("/x"));
      assertThat(wire.ask(get("/x"))).satisfies(answer -> {
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("RateLimit").orElse("")).startsWith("\"told\";r=0;t=");
      });
    }
  }

  @Test
  void each_principal_and_each_value_of_a_header_is_counted_apart() throws Exception {
    Filter caller = Filter.nonBlocking((request, next) ->
        next.proceed(request.header("x-caller").map(name -> request.as(Principal.named(name))).orElse(request)));
    try (Instance instance = new Instance(TestStack.redis().uri(), namespace, TestServer.threads(),
        limits -> Set.of(
            Route.get("/p", r -> Response.text("p"))
                .with(caller, limits.limit("p", 1, LONG).by(RateLimit.Key.principal())),
            Route.get("/h", r -> Response.text("h"))
                .with(limits.limit("h", 1, LONG).by(RateLimit.Key.header("X-Tenant")))));
        Wire wire = instance.connect()) {
      assertThat(wire.ask(get("/p", "X-Caller: ali")).status()).isEqualTo(200);
      assertThat(wire.ask(get("/p", "X-Caller: ali")).status()).isEqualTo(429);
      assertThat(wire.ask(get("/p", "X-Caller: eve")).status()).isEqualTo(200);
      assertThat(wire.ask(get("/p")).status()).as("nobody is no principal").isEqualTo(401);
      assertThat(wire.ask(get("/h", "X-Tenant: a")).status()).isEqualTo(200);
      assertThat(wire.ask(get("/h", "X-Tenant: a")).status()).isEqualTo(429);
      assertThat(wire.ask(get("/h", "X-Tenant: " + "b".repeat(5_000))).status()).isEqualTo(200);
      assertThat(wire.ask(get("/h")).status()).isEqualTo(200);
      assertThat(wire.ask(get("/h", "X-Tenant:")).status()).as("an empty one is not an absent one").isEqualTo(200);
      assertThat(wire.ask(get("/h")).status()).isEqualTo(429);
    }
  }

  @Test
  void a_client_is_counted_by_the_network_that_is_its_own_to_choose_addresses_from() throws Exception {
    try (Instance instance = new Instance(TestStack.redis().uri(), namespace, TestServer.trusting("127.0.0.0/8"),
        limits -> Set.of(Route.get("/x", r -> Response.text("x"))
            .with(limits.limit("c", 1, LONG).by(RateLimit.Key.client()))));
        Wire wire = instance.connect()) {
      for (String other : List.of("192.0.2.1", "192.0.2.2", "2001:db8:0:1::1", "2001:db8:0:2::1", "::1")) {
        assertThat(wire.ask(get("/x", "X-Forwarded-For: " + other)).status()).as(other).isEqualTo(200);
      }
      for (String again : List.of("192.0.2.1", "::ffff:192.0.2.2", "2001:db8:0:1::2", "2001:DB8:0:1:ffff:1:2:3",
          "::2")) {
        assertThat(wire.ask(get("/x", "X-Forwarded-For: " + again)).status()).as(again).isEqualTo(429);
      }
    }
  }

  @Test
  void redis_is_not_told_who_asks_and_keeps_a_key_no_longer_than_it_counts() throws Exception {
    try (Instance instance = start(TestServer.threads(),
            limits -> limits.limit("short", 4, Duration.ofSeconds(8)).by(request -> "secret-of-ali"));
        Wire wire = instance.connect(); RedisClient redis = RedisClient.create(TestStack.redis().uri())) {
      wire.ask(get("/x"));
      Set<String> keys = redis.keys(namespace + "*");
      assertThat(keys).singleElement().asString().startsWith(namespace + ":rate:short:").doesNotContain("ali");
      assertThat(redis.pttl(keys.iterator().next())).isBetween(1L, 2_000L);
    }
  }

  @Test
  void a_clock_of_redis_that_goes_back_does_not_lock_anybody_out_for_longer_than_a_full_bucket() throws Exception {
    try (Instance instance = start(TestServer.threads(),
            limits -> limits.limit("clock", 10, Duration.ofMillis(200)));
        Wire wire = instance.connect(); RedisClient redis = RedisClient.create(TestStack.redis().uri())) {
      wire.ask(get("/x"));
      String key = redis.keys(namespace + "*").iterator().next();
      long anHourAhead = (System.currentTimeMillis() + LONG.toMillis()) * 1_000;
      redis.set(key, Long.toString(anHourAhead));
      assertThat(wire.ask(get("/x")).header("Retry-After")).contains("1");
      // Unlike an hour later, when the number would be right again.
      redis.set(key, Long.toString((System.currentTimeMillis() - LONG.toMillis()) * 1_000));
      assertThat(wire.ask(get("/x")).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void while_redis_is_silent_all_are_let_in_or_none_without_waiting_for_it(RateLimit.WhenAway whenAway)
      throws Exception {
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(Outage.class);
    logged.start();
    logger.addAppender(logged);
    logger.setLevel(Level.INFO);
    try (Link link = Link.to(address(TestStack.redis().uri()));
        Instance instance = start(URI.create("redis://127.0.0.1:" + link.address().getPort()),
            TestServer.threads(),
            limits -> limits.limit("away", 1, LONG).whenRedisIsAway(whenAway));
        Wire wire = instance.connect()) {
      assertThat(wire.ask(get("/x")).status()).isEqualTo(200);
      assertThat(wire.ask(get("/x")).status()).isEqualTo(429);
      link.blackhole();
      long began = System.nanoTime();
      for (int i = 0; i < 200; i++) {
        assertThat(wire.ask(get("/x")).status()).isEqualTo(whenAway == RateLimit.WhenAway.OPEN ? 200 : 503);
      }
      // Waiting for each would take a minute.
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
      assertThat(logged.list).extracting(ILoggingEvent::getFormattedMessage).singleElement().asString()
          .contains("Rate limits are not counted");
      link.restore();
      await().atMost(Duration.ofSeconds(20)).until(() -> wire.ask(get("/x")).status() == 429 && logged.list.size() == 2);
    } finally {
      logger.setLevel(null);
      logger.detachAppender(logged);
    }
  }

  @Test
  void an_answer_that_is_missing_turns_the_limit_off_for_no_other_request() throws Exception {
    try (Link link = Link.to(address(TestStack.redis().uri()));
        Instance instance = start(URI.create("redis://127.0.0.1:" + link.address().getPort()), TestServer.threads(),
            limits -> limits.limit("missing", 1, LONG));
        Wire wire = instance.connect()) {
      assertThat(wire.ask(get("/x")).status()).isEqualTo(200);
      link.blackhole();
      assertThat(wire.ask(get("/x")).status()).as("uncounted").isEqualTo(200);
      link.restore();
      int next = 200;
      // Again if this machine was too busy for Redis to answer in time: that is one more that is missing.
      for (int tries = 0; tries < 4 && next == 200; tries++) {
        next = wire.ask(get("/x")).status();
      }
      assertThat(next).isEqualTo(429);
    }
  }

  private static InetSocketAddress address(URI redis) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.getPort());
  }

  @Test
  void a_limit_that_cannot_be_kept_is_refused_when_the_program_starts() throws Exception {
    RateLimits limits = DaggerRateLimitTest_Wiring.factory()
        .of(Settings.of(Map.of("SCALABLE_REDIS_URL", TestStack.redis().uri().toString()))).limits();
    assertThatThrownBy(() -> limits.limit("x", 0, LONG)).hasMessageContaining("Rate limit x: 0 in PT1H");
    assertThatThrownBy(() -> limits.limit("x", 1, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> limits.limit("x", 1, Duration.ofDays(400))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> limits.limit("x", 2_000, Duration.ofMillis(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> limits.limit("a b\"", 1, LONG)).hasMessageContaining("name");
  }
}
