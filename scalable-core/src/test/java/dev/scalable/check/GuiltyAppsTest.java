package dev.scalable.check;

import static dev.scalable.check.SampleApp.captured;
import static dev.scalable.check.SampleApp.compilerRefuses;
import static dev.scalable.check.SampleApp.failure;
import static dev.scalable.check.SampleApp.injected;
import static dev.scalable.check.SampleApp.passes;
import static dev.scalable.check.SampleApp.provided;
import static dev.scalable.check.SampleApp.startRefuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Apps that keep state in what answers requests: where each is refused, by the compiler or at the start, and how. */
class GuiltyAppsTest {

  @TempDir
  private Path folder;

  static Stream<SampleApp> guilty() {
    return Stream.of(
        compilerRefuses("a memo map in an injected class",
            "app.Shop.Prices keeps state in its field 'memo' (java.util.concurrent.ConcurrentHashMap): it can be added",
            injected("private final ConcurrentHashMap<Long, Long> memo = new ConcurrentHashMap<>();")),
        compilerRefuses("an AtomicLong", "'hits' (java.util.concurrent.atomic.AtomicLong): it changes in place",
            injected("private final AtomicLong hits = new AtomicLong();")),
        compilerRefuses("a ThreadLocal", "'user' (java.lang.ThreadLocal): it keeps a value on a thread",
            injected("private final ThreadLocal<String> user = new ThreadLocal<>();")),
        compilerRefuses("a field that is not final", "'count' (int): it is not final", injected("private int count;")),
        compilerRefuses("a static field that is not final",
            "its static field 'last' (java.lang.String): it is not final",
            injected("private static String last;")),
        compilerRefuses("a StringBuilder", "'text' (java.lang.StringBuilder)",
            injected("private final StringBuilder text = new StringBuilder();")),
        compilerRefuses("an array", "'counts' (int[]): the elements of an array can be replaced",
            injected("private final int[] counts = new int[4];")),
        compilerRefuses("a lock, which excludes nobody on another instance",
            "'lock' (java.util.concurrent.locks.ReentrantLock): it excludes only threads of this instance",
            injected("private final ReentrantLock lock = new ReentrantLock();")),
        compilerRefuses("a queue behind its interface",
            "'jobs' (java.util.concurrent.BlockingQueue): it can be added to",
            injected("private final BlockingQueue<String> jobs = new ArrayBlockingQueue<>(1);")),
        compilerRefuses("a mutable class of the app's own, held by an injected one",
            "app.Shop.Counter keeps state in its field 'n' (long): it is not final, so that it can be set after the"
                + " start. Reached by app.Shop.Prices.counter -> app.Shop.Counter",
            "class Counter { long n; }" + injected("private final Counter counter = new Counter();")),
        compilerRefuses("a class of the app's own that is a map", "'memo' (app.Shop.Memo): it can be added to",
            "class Memo extends HashMap<Long, Long> {}" + injected("private final Memo memo = new Memo();")),
        compilerRefuses("a field of a superclass",
            "app.Shop.Base keeps state in its field 'n' (int): it is not final, so that it can be set after the start."
                + " Reached by app.Shop.Prices extends app.Shop.Base",
            """
            class Base { int n; }
            @Singleton class Prices extends Base { @Inject Prices() {} }
            @Provides @IntoSet static Route x(Prices prices) { return route(r -> Response.ok(prices.n)); }
            """),
        compilerRefuses("a LongAdder from a provider",
            "app.Shop.given() provides shared state, java.util.concurrent.atomic.LongAdder: it changes in place",
            provided("LongAdder", "new LongAdder()")),
        compilerRefuses("a ConcurrentMap from a provider", "java.util.concurrent.ConcurrentMap: it can be added to",
            provided("ConcurrentMap<String, String>", "new ConcurrentHashMap<>()")),
        compilerRefuses("a Date from a provider", "java.util.Date: it can be set", provided("Date", "new Date(0)")),
        compilerRefuses("a record of an array from a provider",
            "app.Shop.Rates keeps state in its field 'each' (double[])",
            "record Rates(double[] each) {}" + provided("Rates", "new Rates(new double[1])")),
        compilerRefuses("a HashMap that is a constant of the module",
            "app.Shop keeps state in its static field 'MEMO' (java.util.HashMap): it can be added to",
            "HashMap<String, String> MEMO = new HashMap<>();" + captured("String", "MEMO.toString()")),
        compilerRefuses("state that is said to be meant, without a reason",
            "app.Shop.Prices.hits carries @SharedState without a reason",
            injected("@SharedState(\" \") private final LongAdder hits = new LongAdder();")),

        startRefuses("a captured counter",
            "Route GET /x -> lambda in Shop -> captured variable: AtomicInteger; it changes in place",
            captured("AtomicInteger", "new AtomicInteger()")),
        startRefuses("a captured array", "Route GET /x -> lambda in Shop -> captured variable: int[]; the elements",
            captured("int[]", "{0}")),
        startRefuses("a captured HashMap behind Map", "captured variable: HashMap; it can be added to",
            captured("Map<String, String>", "new HashMap<>()")),
        startRefuses("a captured HashMap behind Object",
            "captured variable: HashMap", captured("Object", "new HashMap<>()")),
        startRefuses("a HashMap behind the Map of a provider", "captured variable: HashMap",
            provided("Map<String, String>", "new HashMap<>()")),
        startRefuses("a HashMap behind the Map of an injected class",
            "Route GET /x -> lambda in Shop -> Shop.Prices.memo: HashMap; it can be added to",
            injected("private final Map<Long, Long> memo = new HashMap<>();")),
        startRefuses("an ArrayList in a record", "Route GET /x -> lambda in Shop -> Shop.Names.all: ArrayList",
            "record Names(List<String> all) {}" + captured("Names", "new Names(new ArrayList<>())")),
        startRefuses("a list whose elements can be set", "Arrays.ArrayList",
            captured("List<String>", "Arrays.asList(\"a\", \"b\")")),
        startRefuses("a synchronized map", "Collections.SynchronizedMap",
            captured("Map<String, String>", "Collections.synchronizedMap(new HashMap<>())")),
        startRefuses("an EnumMap behind Map", "captured variable: EnumMap",
            captured("Map<Thread.State, String>", "new EnumMap<>(Thread.State.class)")),
        startRefuses("an immutable list of counters", "captured variable: AtomicLong",
            captured("List<AtomicLong>", "List.of(new AtomicLong())")),
        startRefuses("an Optional of a counter", "captured variable: AtomicLong",
            captured("Optional<AtomicLong>", "Optional.of(new AtomicLong())")),
        startRefuses("a supplier that remembers",
            "Route GET /x -> lambda in Shop -> Shop.Once.value: String; it is not final",
            "class Once implements Supplier<String> { String value; public String get() { return value; } }"
                + captured("Supplier<String>", "new Once()")),
        startRefuses("a lambda in a lambda",
            "Route GET /x -> lambda in Shop -> lambda in Shop -> captured variable: LongAdder",
            """
            @Provides @IntoSet static Route x() {
              LongAdder local = new LongAdder();
              Supplier<Long> inner = () -> local.sum();
              return route(r -> Response.ok(inner.get()));
            }
            """),
        startRefuses("a static Map around a handler", "Route GET /x -> lambda in Shop -> static Shop.MEMO: HashMap",
            "Map<String, String> MEMO = new HashMap<>();" + captured("String", "\"\"")),
        startRefuses("a static field around a handler that is in no module",
            "Route GET /x -> lambda in Shop.Handlers -> static Shop.Handlers.last: String; it is not final",
            """
            class Handlers { static String last; static Handler of() { return r -> Response.ok(last); } }
            @Provides @IntoSet static Route x() { return route(Handlers.of()); }
            """),
        startRefuses("an anonymous handler", "captured seen: ArrayList",
            """
            @Provides @IntoSet static Route x() {
              List<String> seen = new ArrayList<>();
              return route(new Handler() { public Response handle(Request r) { return Response.ok(seen.size()); } });
            }
            """),
        startRefuses("a lookup of the app's own", "Route GET /y/{id} -> Shop.Memo.values: HashMap",
            """
            class Memo implements Lookup<Long, String> {
              final Map<Long, String> values = new HashMap<>();
              public Found<String> peek(Long key) { return null; }
              public String get(Long key) { return values.get(key); }
            }
            @Provides @IntoSet static Route y() {
              return Route.get("/y/{id}", new Memo(), r -> r.pathLong("id"), Response::ok);
            }
            """),
        startRefuses("the key function of a cached route",
            "Route GET /y/{id} -> lambda in Shop -> captured variable: AtomicLong",
            """
            @Provides @IntoSet static Route y(Caches caches) {
              AtomicLong hits = new AtomicLong();
              TwoTierCache<Long, String> cache = caches.named("y", Long.class, String.class)
                  .expireAfterWrite(Duration.ofMinutes(1)).build(id -> "y");
              return Route.get("/y/{id}", cache, r -> hits.incrementAndGet(), Response::ok);
            }
            """),
        startRefuses("the loader of a cache",
            "Route GET /x -> lambda in Shop -> lambda in Shop -> captured variable: AtomicLong",
            """
            @Provides @Singleton static TwoTierCache<Long, String> cache(Caches caches) {
              AtomicLong loads = new AtomicLong();
              return caches.named("y", Long.class, String.class).expireAfterWrite(Duration.ofMinutes(1))
                  .build(id -> "" + loads.incrementAndGet());
            }
            @Provides @IntoSet static Route x(TwoTierCache<Long, String> cache) {
              return route(r -> Response.ok(cache.get(1L)));
            }
            """),
        startRefuses("an error mapper that counts", "lambda in Shop -> captured variable: LongAdder",
            """
            @Provides @IntoSet static ErrorMapper<?> counting() {
              LongAdder errors = new LongAdder();
              return ErrorMapper.of(IllegalStateException.class, failure -> {
                errors.increment();
                return Problem.conflict("x");
              });
            }
            """),
        startRefuses("a filter that remembers", "lambda in Shop -> captured variable: HashMap",
            """
            @Provides static Filters filters() {
              HashMap<String, String> last = new HashMap<>();
              return Filters.of((r, next) -> {
                last.put("id", r.id());
                return next.proceed(r);
              });
            }
            """));
  }

  @ParameterizedTest
  @MethodSource
  void guilty(SampleApp given) throws ReflectiveOperationException {
    Compiled app = Compiled.of(folder, "app.Shop", given.source());
    if (given.compiler().isEmpty()) {
      assertThat(app.errors()).isEmpty();
      assertThat(failure(app)).isInstanceOf(StatelessCheck.Failed.class)
          .hasMessageContainingAll("There is state in what answers requests", given.start(), "@SharedState(");
    } else {
      assertThat(app.errors()).contains(given.compiler());
    }
  }

  @Test
  void an_app_compiled_without_the_check_is_refused_with_the_lines_for_its_pom() throws ReflectiveOperationException {
    Compiled app = Compiled.withoutCheck(folder, "app.Shop", passes("nothing", captured("String", "\"\"")).source());
    assertThat(app.errors()).isEmpty();
    assertThat(failure(app)).isInstanceOf(StatelessCheck.Failed.class)
        .hasMessageContaining("app.Shop$App was compiled without the check for state")
        .hasMessageContaining("<artifactId>dagger-compiler</artifactId>")
        .hasMessageContaining("<artifactId>scalable-core</artifactId>")
        .hasMessageContaining("<version>0.").hasMessageContaining("<version>2.")
        .hasMessageNotContaining("@project").hasMessageNotContaining("There is state");
  }

  @Test
  void all_that_is_wrong_is_told_at_once() throws ReflectiveOperationException {
    Compiled app = Compiled.withoutCheck(folder, "app.Shop", new SampleApp("", "", "", """
        @Provides @IntoSet static Route x() {
          int[] a = {0};
          List<String> b = new ArrayList<>();
          return route(r -> Response.ok(a[0] + b.size()));
        }
        @Provides @IntoSet static Route y() {
          LongAdder c = new LongAdder();
          return Route.get("/y", r -> Response.ok(c));
        }
        """).source());
    assertThat(failure(app)).isInstanceOf(StatelessCheck.Failed.class).hasMessageContainingAll(
        "compiled without the check", "There are 3 places with state",
        "Route GET /x -> lambda in Shop -> captured variable: int[]",
        "Route GET /x -> lambda in Shop -> captured variable: ArrayList",
        "Route GET /y -> lambda in Shop -> captured variable: LongAdder");
  }

  @Test
  void a_hundred_routes_are_checked_in_50_ms_of_processor_time() throws ReflectiveOperationException {
    Compiled app = Compiled.of(folder, "app.Shop", new SampleApp("", "", "", """
        record Limits(Duration limit, Optional<String> name, List<String> all, Map<String, Duration> map) {}
        @Provides @ElementsIntoSet static Set<Route> routes(Db db) {
          Set<Route> all = new HashSet<>();
          for (int i = 0; i < 100; i++) {
            Limits limits = new Limits(Duration.ofSeconds(i), Optional.of("n" + i), List.of("a", "b" + i), Map.of("c",
                Duration.ZERO));
            Supplier<Limits> inner = () -> limits;
            all.add(Route.get("/r" + i, r -> Response.ok(inner.get())));
          }
          return all;
        }
        static java.util.List<Route> list() { return List.copyOf(routes(null)); }
        """).source());
    assertThat(app.errors()).isEmpty();
    Class<?> shop = app.load("app.Shop");
    Class<?> component = Class.forName("app.Shop$App", false, shop.getClassLoader());
    List<?> routes = (List<?>) shop.getMethod("list").invoke(null);
    List<StatelessCheck.Root> roots = routes.stream().map(route -> new StatelessCheck.Root("a route", route)).toList();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long began = threads.getCurrentThreadCpuTime();
    StatelessCheck.of(component, roots).run();
    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - began)).isLessThan(Duration.ofMillis(50));
  }

  @Test
  void whoever_asks_without_a_component_is_told_how_to_ask() {
    assertThatThrownBy(() -> StatelessCheck.ofCaller(List.of()).run()).isInstanceOf(StatelessCheck.Failed.class)
        .hasMessageContaining("Have the component return the service itself");
  }
}
