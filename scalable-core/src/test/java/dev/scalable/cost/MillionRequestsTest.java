package dev.scalable.cost;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Service;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.load.RequestTemplate;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What an instance holds after very many requests is what it held after few. Its JVM has room for little more than that: a direct
 * buffer lost with each request ends it after 4,000.
 *
 * <p>{@code -Dscalable.requests=1000000}, as the profile {@code full} has it, sets how many.
 */
class MillionRequestsTest {

  private static final int REQUESTS = Integer.getInteger("scalable.requests", 32_000);
  private static final int USERS = 16;
  private static final int TENTHS = 10;

  private static final String ORDER = "{\"id\":7,\"name\":\"a product of some kind\",\"cents\":1995}";
  private static final String LARGE = "0123456789abcdef".repeat(4 * 1024);
  private static final Set<String> ANSWERS = Set.of("small", ORDER, LARGE);

  record Order(long id, String name, int cents) {}

  /** Routes on virtual threads: a small answer, a body that is bound, an answer of four buffers, and what the JVM holds. */
  static final class App {

    private App() {}

    @Module
    interface Routes {
      @Provides
      @ElementsIntoSet
      static Set<Route> routes() {
        return Set.of(
            Route.get("/small", r -> Response.text("small")),
            Route.post("/orders", Order.class, (r, order) -> Response.ok(order)),
            Route.get("/large", r -> Response.text(LARGE)),
            Route.get("/memory", r -> Response.text(direct() + " " + live())));
      }
    }

    private static long direct() {
      return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct")).findFirst().orElseThrow().getMemoryUsed();
    }

    /** What is left in the heap when the garbage is gone. */
    private static long live() {
      System.gc();
      return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Singleton
    @Component(modules = {ScalableModule.class, Routes.class})
    interface Graph {
      Service service();
    }

    public static void main(String[] args) {
      DaggerMillionRequestsTest_App_Graph.create().service().run();
    }
  }

  /** What an instance holds, in bytes; {@code resident} is 0 where the system does not tell it. */
  private record Held(long resident, long direct, long live) {

    static Held by(Instance instance) throws IOException {
      try (Client client = Client.open(instance.uri())) {
        String[] held = client.send(Call.get("/memory")).text().split(" ", -1);
        return new Held(resident(instance.pid()), Long.parseLong(held[0]), Long.parseLong(held[1]));
      }
    }

    /** As proc_pid_status(5) has it. */
    private static long resident(long pid) throws IOException {
      Path status = Path.of("/proc", Long.toString(pid), "status");
      if (!Files.exists(status)) {
        return 0;
      }
      return Files.readAllLines(status, US_ASCII).stream().filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst().orElseThrow();
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "resident %.1f MB, direct buffers %.2f MB, live heap %.2f MB", resident / 1e6,
          direct / 1e6, live / 1e6);
    }
  }

  @Test
  void a_million_requests_leave_no_more_memory_behind_than_the_first_tenth_of_them() throws Exception {
    AppSpec app = AppSpec.mainClass(App.class).env("SCALABLE_HTTP_THREADS", "virtual")
        // Written as always, and kept nowhere: a million lines are 300 MB.
        .env("SCALABLE_ACCESS_LOG", "/dev/null")
        // The whole heap is resident from the start, so that what is seen to grow is what lies outside of it.
        .jvm("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:MaxDirectMemorySize=64m");
    try (Cluster cluster = Cluster.builder().app(app).instances(1).start()) {
      Instance instance = cluster.instance(1);
      Held early = after_a_tenth(instance);
      Held late = early;
      for (int tenth = 2; tenth <= TENTHS; tenth++) {
        late = after_a_tenth(instance);
      }
      // Buffers are shared by all requests: there are as many as were ever in use at once, three for each connection at most.
      assertThat(late.direct()).isLessThan(early.direct() + USERS * 3 * 16 * 1024);
      // What is compiled, and the tables of threads and timers, are complete in the first tenth of a million, if not of less.
      assertThat(late.live()).isLessThan(early.live() * 5 / 4);
      assertThat(late.resident()).isLessThanOrEqualTo(early.resident() * 5 / 4);
    }
  }

  private static Held after_a_tenth(Instance instance) throws IOException {
    LoadResult run = Load.against(instance.uri())
        .mixed(RequestTemplate.get("/small").weight(6), RequestTemplate.post("/orders", () -> ORDER).weight(3),
            RequestTemplate.get("/large").weight(1))
        .check(MillionRequestsTest::right)
        .closed(users(USERS), iterations(REQUESTS / TENTHS / USERS))
        .run();
    assertThat(run).allSucceeded();
    Held held = Held.by(instance);
    System.out.println(run.ok() + " requests in " + run.duration().toMillis() + " ms: " + held);
    return held;
  }

  private static boolean right(Answer answer) {
    return answer.status() == 200 && ANSWERS.contains(answer.text());
  }
}
