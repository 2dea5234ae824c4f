package dev.scalable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dagger.Component;
import dev.scalable.cache.Caches;
import dev.scalable.lifecycle.Running;
import dev.scalable.lifecycle.Service;
import dev.scalable.server.TestServer;
import dev.scalable.testkit.backend.Exit;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How long an instance with nothing to do takes to end, with all of its parts and real stores. */
class IdleStopTest {

  private static final int TIMES = 5;

  @Singleton
  @Component(modules = {ScalableModule.class, TinyService.Notes.class})
  interface App {
    Service service();

    Caches caches();
  }

  private static App app() {
    return DaggerIdleStopTest_App.builder().scalableModule(ScalableModule.with(Map.of(
        "SCALABLE_HTTP_HOST", "127.0.0.1",
        "SCALABLE_HTTP_PORT", "0",
        "SCALABLE_HTTP_THREADS", TestServer.threads().name().toLowerCase(Locale.ROOT),
        "SCALABLE_DB_URL", TestStack.postgres().jdbcUrl(),
        "SCALABLE_DB_USER", TestStack.postgres().user(),
        "SCALABLE_DB_PASSWORD", TestStack.postgres().password(),
        "SCALABLE_REDIS_URL", TestStack.redis().uri().toString(),
        "SCALABLE_CACHE_NAMESPACE", "idle-stop-test",
        "SCALABLE_ACCESS_LOG", "off"))).build();
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
        .filter(name -> name.matches("(http|health) (I/O|Accept|task).*|handler-.*|invalidation-log|access-log"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void every_part_of_an_idle_service_has_stopped_within_100_ms() {
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      App app = app();
      Running running = app.service().start();
      // The reader of the invalidation log then waits for an entry, most of the time.
      await().until(app.caches()::nearTierServes);
      long began = System.nanoTime();
      running.close();
      millis.add(Duration.ofNanos(System.nanoTime() - began).toMillis());
      // One that has done its last may not have left the list yet, on a machine that is busy.
      await().untilAsserted(() -> assertThat(threads()).isEmpty());
    }
    System.out.println("an idle service has stopped after, in ms: " + millis);
    // The machine may be busy with something else; the best of some says what the service needs.
    assertThat(millis).anyMatch(time -> time < 100);
  }

  private static boolean soon(Exit exit) {
    return exit.took().toMillis() < 1_500;
  }

  @Test
  void the_process_of_an_idle_instance_ends_soon_after_sigterm() {
    Instance instance = TestStack.cluster().instance(1);
    List<Exit> exits = new ArrayList<>();
    for (int i = 0; i < 3 && exits.stream().noneMatch(IdleStopTest::soon); i++) {
      try (Client health = Client.open(TestStack.health(instance))) {
        // The proxy keeps its connections for 5 s.
        await().atMost(Duration.ofSeconds(20)).until(() ->
            health.send(Call.get("/metrics")).text().contains("\nhttp_server_connections_open 0.0\n"));
      }
      exits.add(instance.terminate(Duration.ofSeconds(20)));
      instance.start();
    }
    System.out.println("the process of an idle instance has ended: " + exits);
    assertThat(exits).allSatisfy(exit -> assertThat(exit.code()).isEqualTo(143));
    assertThat(exits).as("a safety limit: most of it is the JVM's").anyMatch(IdleStopTest::soon);
  }
}
