package dev.scalable.check;

import static dev.scalable.check.SampleApp.PASSED;
import static dev.scalable.check.SampleApp.captured;
import static dev.scalable.check.SampleApp.failure;
import static dev.scalable.check.SampleApp.injected;
import static dev.scalable.check.SampleApp.passes;
import static dev.scalable.check.SampleApp.provided;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Apps without state, or with what is said to be shared: neither the compiler nor the start refuses them. */
class InnocentAppsTest {

  @TempDir
  private Path folder;

  static Stream<SampleApp> innocent() {
    return Stream.of(
        passes("a copied list", provided("List<String>", "List.copyOf(new ArrayList<>(List.of(\"a\")))")),
        passes("a list from a stream",
            captured("List<Integer>", "java.util.stream.Stream.of(1, 2).toList().reversed()")),
        passes("a set and a map that cannot be changed", injected(
            "final Set<String> a = Set.of(\"a\", \"b\", \"c\"); final Map<String, Integer> b = Map.of(\"a\", 1);")),
        passes("an enum map, copied",
            captured("Map<Thread.State, String>", "Map.copyOf(new EnumMap<>(Map.of(Thread.State.NEW, \"new\")))")),
        passes("an enum map, wrapped", captured("Map<Thread.State, String>",
            "Collections.unmodifiableMap(new EnumMap<>(Map.of(Thread.State.NEW, \"new\")))")),
        passes("an immutable map of a vendor", """
            @Provides @IntoSet static Route x() {
              com.google.common.collect.ImmutableMap<String, List<String>> local =
                  com.google.common.collect.ImmutableMap.of("a", List.of("b"));
              return route(r -> Response.ok(local.size()));
            }
            """),
        passes("the files of a page", """
            @Provides @IntoSet static Route x() {
              return Route.files("/files", dev.scalable.http.StaticFiles.fromClassPath("dev/scalable/check"));
            }
            """),
        passes("an answer that is always the same", captured("Response", "Response.text(\"a\")")),
        passes("a clock", provided("Clock", "Clock.systemUTC()")),
        passes("a duration", provided("Duration", "Duration.ofSeconds(1)")),
        passes("an instant", injected("private final Instant at = Instant.EPOCH;")),
        passes("the database",
            "@Provides @IntoSet static Route x(Db db) { return route(r -> Response.ok(db.hashCode())); }"),
        passes("a cache and the database behind it", """
            @Provides @Singleton static TwoTierCache<Long, String> cache(Caches caches, Db db) {
              return caches.named("y", Long.class, String.class).expireAfterWrite(Duration.ofMinutes(1))
                  .build(id -> db.readPrimary(tx -> tx.handle().select("select 'y'").mapTo(String.class).one()));
            }
            @Provides @IntoSet static Route x(TwoTierCache<Long, String> cache) {
              return Route.get("/y/{id}", cache, r -> r.pathLong("id"), Response::ok);
            }
            """),
        passes("all else of the library that can be injected", """
            @Provides @IntoSet static Route x(Caches caches, JsonCodec json, dev.scalable.redis.Redis redis,
                dev.scalable.config.Settings settings, dev.scalable.health.Readiness readiness) {
              return route(r -> Response.ok(List.of(caches, json, redis, settings, readiness).size()));
            }
            """),
        passes("a reader and a writer of JSON", injected("""
            private final tools.jackson.databind.ObjectWriter writer =
                tools.jackson.databind.json.JsonMapper.shared().writer();
            private final tools.jackson.databind.json.JsonMapper mapper = new tools.jackson.databind.json.JsonMapper();
            """)),
        passes("a logger, a pattern, a format of dates", injected("""
            private static final org.slf4j.Logger log = org.slf4j.LoggerFactory.getLogger(Prices.class);
            private static final java.util.regex.Pattern WORD = java.util.regex.Pattern.compile("a");
            private final java.time.format.DateTimeFormatter format = java.time.format.DateTimeFormatter.ISO_DATE;
            """)),
        passes("a client of HTTP and a source of random", injected("""
            private final java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient();
            private final java.security.SecureRandom random = new java.security.SecureRandom();
            """)),
        passes("a record of such, in a record", """
            record Inner(Duration limit, Optional<String> name, List<String> all) {}
            record Outer(Inner inner, java.math.BigDecimal rate, UUID id, java.net.URI uri, Class<?> type) {}
            """ + provided("Outer", "new Outer(new Inner(Duration.ZERO, Optional.of(\"a\"), List.of()),"
                + " java.math.BigDecimal.ONE, new UUID(1, 1), java.net.URI.create(\"a:b\"), String.class)")),
        passes("a supplier of a constant", captured("Supplier<String>", "() -> \"constant\"")),
        passes("functions of the JDK", captured("Comparator<String>",
            "Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()).reversed()")),
        passes("an enum with a field, and a switch over it", """
            enum Color {
              RED(1), BLUE(2);
              final int n;
              Color(int n) { this.n = n; }
              String text() { return switch (this) { case RED -> "r"; case BLUE -> "b"; }; }
            }
            """ + captured("Color", "Color.RED")),
        passes("an array of nothing", captured("String[]", "{}")),
        passes("a provider of what Dagger makes", """
            class Cart { @Inject Cart() {} }
            @Provides @IntoSet static Route x(Provider<Cart> cart, Lazy<Cart> lazy) {
              return route(r -> Response.ok(List.of(cart.get(), lazy.get()).size()));
            }
            """),
        passes("what modules have gathered", """
            @Provides @IntoSet static String a() { return "a"; }
            @Provides @IntoSet static String b() { return "b"; }
            @Provides @IntoMap @StringKey("c") static Integer c() { return 1; }
            @Provides @IntoSet static Route x(Set<String> all, Map<String, Integer> map) {
              return route(r -> Response.ok(all.size() + map.size()));
            }
            """),
        passes("objects in a circle", """
            class Node { final Supplier<Node> next; Node(Supplier<Node> next) { this.next = next; } }
            class Ring implements Supplier<Node> {
              final Node first = new Node(this);
              public Node get() { return first; }
            }
            """ + captured("Ring", "new Ring()")),
        passes("a field that is said to be shared",
            injected("@SharedState(\"a count for /debug\") private final LongAdder hits = new LongAdder();")),
        passes("a class that is said to be shared", "@SharedState(\"a count for /debug\") class Hits { long n; }"
            + provided("Hits", "new Hits()")),
        passes("a provider that is said to share", provided("LongAdder", "new LongAdder()")
            .replace("@Singleton static", "@Singleton @SharedState(\"a count for /debug\") static")),
        passes("what is made anew for each call", """
            class Job {
              int step;
              @dagger.assisted.AssistedInject Job(@dagger.assisted.Assisted String name) {}
              @dagger.assisted.AssistedFactory interface Factory { Job of(String name); }
            }
            @Provides @IntoSet static Route x(Job.Factory jobs) { return route(r -> Response.ok(jobs.of("a").step)); }
            """));
  }

  @ParameterizedTest
  @MethodSource
  void innocent(SampleApp given) throws ReflectiveOperationException {
    Compiled app = Compiled.of(folder, "app.Shop", given.source());
    assertThat(app.errors()).isEmpty();
    assertThat(failure(app)).hasMessageContaining(PASSED);
  }
}
