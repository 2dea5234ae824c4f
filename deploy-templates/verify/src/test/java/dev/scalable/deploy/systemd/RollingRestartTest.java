package dev.scalable.deploy.systemd;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.deploy.Templates;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.run.FinishedCommand;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The starter as install.sh installs it, its processes started by the command, the folder and the settings of its unit, behind the
 * Nginx of the template, and restarted by the script that is shipped. Only systemd itself has a stand-in, {@link Systemctl}; and
 * the addresses are those of the test.
 *
 * <p>{@code -Dscalable.rolling.instances=3 -Dscalable.rolling.rate=180 -Dscalable.rolling.soak=2 -Dscalable.rolling.least=5000}, as
 * the profile {@code full} has it, sets how long it is; a short one if nothing is said.
 */
class RollingRestartTest {

  private static final int INSTANCES = Integer.getInteger("scalable.rolling.instances", 2);
  private static final int PER_SECOND = Integer.getInteger("scalable.rolling.rate", 60);
  private static final int SOAK = Integer.getInteger("scalable.rolling.soak", 0);
  private static final int LEAST = Integer.getInteger("scalable.rolling.least", 100);

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String MERCHANT = "a-token-for-the-merchant-of-these-tests";
  private static final String PRODUCT = "{\"name\":\"made while all restart\",\"priceCents\":250}";

  @TempDir
  private static Path folder;
  private static Installed installed;
  private static Cluster cluster;
  private static Systemctl systemctl;

  @BeforeAll
  static void the_service_is_installed_and_started() throws IOException {
    String none = "NOT RUN: there is no curl, which rolling-restart.sh needs";
    boolean there = Shell.succeeds(List.of("curl", "--version"));
    if ("required".equals(System.getProperty("scalable.test.systemd"))) {
      assertThat(there).as(none).isTrue();
    }
    assumeTrue(there, none);
    installed = Installed.in(Files.createDirectory(folder.resolve("root")),
        StarterJars.in(Files.createDirectory(folder.resolve("jars"))));
    cluster = Cluster.builder().app(app()).instances(INSTANCES).maxInstances(slots()).start();
    systemctl = Systemctl.in(Files.createDirectory(folder.resolve("bin")), cluster,
        installed.unit("app@.service").seconds("TimeoutStopSec"));
  }

  @AfterAll
  static void all_is_stopped() {
    if (cluster != null) {
      systemctl.close();
      cluster.close();
    }
  }

  /** As systemd would start it: the unit's command, folder and variables, app.env over them, and where things are in this test. */
  private static AppSpec app() throws IOException {
    Map<String, String> environment = environment("app@.service");
    Map<String, String> migration = environment("app-migrate.service");
    AppSpec app = AppSpec.command("/bin/sh", inFolder("app@.service", environment))
        .migrateByCommand("/bin/sh", inFolder("app-migrate.service", migration));
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      app = app.env(variable.getKey(), variable.getValue());
    }
    return app;
  }

  private static Map<String, String> environment(String unit) throws IOException {
    Map<String, String> environment = new LinkedHashMap<>(installed.unit(unit).environment(1));
    environment.putAll(installed.environment());
    environment.remove("SCALABLE_DB_PASSWORD_FILE");
    environment.putAll(Map.of("SCALABLE_HTTP_PORT", "${PORT}", "SCALABLE_HEALTH_PORT", "0", "SCALABLE_INSTANCE_ID", "${INSTANCE_ID}",
        "SCALABLE_DB_URL", "${JDBC_URL}", "SCALABLE_DB_USER", "${DB_USER}", "SCALABLE_DB_PASSWORD", "${DB_PASSWORD}",
        "SCALABLE_REDIS_URL", "${REDIS_URL}", "STARTER_MERCHANT_TOKEN", MERCHANT));
    // The last one wins: here are more JVMs than on a machine that does nothing else.
    environment.merge("JAVA_OPTS", "-Xms64m -Xmx128m", (all, small) -> all + " " + small);
    return environment;
  }

  private static String[] inFolder(String unit, Map<String, String> environment) throws IOException {
    List<String> words = new ArrayList<>(List.of("-c", "cd \"$0\" && exec \"$@\"",
        installed.at(installed.unit(unit).one("WorkingDirectory")).toString()));
    words.addAll(installed.unit(unit).command(environment));
    return words.toArray(String[]::new);
  }

  private static int slots() throws IOException {
    return (int) Files.readAllLines(installed.at("/etc/app/nginx/site/upstream.conf")).stream()
        .filter(line -> line.strip().startsWith("server ")).count();
  }

  @Test
  void no_post_with_a_key_is_lost_or_done_twice_while_all_instances_restart_one_after_the_other() throws Exception {
    List<Long> before = cluster.instances().stream().map(Instance::pid).toList();
    cluster.load().post("/products", () -> PRODUCT).header("Authorization", "Bearer " + MERCHANT).idempotencyKey()
        .closed(users(2), iterations(100)).run();
    long rows = products();

    LoadResult run = cluster.load().post("/products", () -> PRODUCT)
        .header("Authorization", "Bearer " + MERCHANT).idempotencyKey()
        .open(rate(PER_SECOND).perSecond())
        .whileRunning(() -> System.out.println(rollingRestart("").outputOfSuccess()))
        .run();

    long more = products() - rows;
    System.out.println("rolling restart of " + INSTANCES + " instances: " + run.scheduled() + " POSTs in " + run.duration().toSeconds()
        + " s, " + run.ok() + " answered, " + more + " rows; " + run.byOutcome() + "; " + run.byInstance() + "; longest "
        + run.service().max().toMillis() + " ms");
    assertThat(run).lostNothing();
    assertThat(more).isEqualTo(run.ok());
    assertThat(run.ok()).isGreaterThanOrEqualTo(Math.max(LEAST, run.scheduled() * 98 / 100));
    assertThat(cluster.instances()).extracting(Instance::pid).doesNotContainAnyElementsOf(before);
    assertThat(systemctl.asked()).containsExactlyElementsOf(IntStream.rangeClosed(1, INSTANCES).boxed()
        .flatMap(number -> List.of("stop app@" + number + ".service", "start app@" + number + ".service").stream()).toList());
  }

  /**
   * What goes wrong, by the options that make it; and what is said, and by the file that tells it, done. All at once, so that each of
   * them waits for a while until its turn at the balancer meets the instance that it looks for.
   */
  private enum Failure {
    KILLED("--patience 60 --stop 'false' --start 'touch $0.killed-$1'", "ABORTED at instance 1: it did not end well", "killed-1"),
    DEAD("--patience 60 --stop 'touch $0.dead-$1' --start 'false'", "ABORTED at instance 1: it could not be started", "dead-1"),
    SILENT("--stop 'touch $0.silent-$1' --start 'true' --id '[ -e $0.silent-$1 ] || echo app-$1'",
        "ABORTED at instance 1: 1 did not say within 8 s that it is ready", "silent-1"),
    UNUSED("--stop 'touch $0.unused-$1' --start 'true' --id 'if [ $1 = 1 ]; then echo nobody; else echo app-$1; fi'",
        "ABORTED at instance 1: 1 (nobody) is ready, but was seen 0 times of 1 through", "unused-1"),
    ALONE("--stop 'touch $0.alone-$1' --start 'true' --id '[ $1 = 2 ] || echo app-$1'",
        "ABORTED at instance 1: 2 did not say within 8 s that it is ready", "");

    private final String options;
    private final String message;
    private final String touched;

    Failure(String options, String message, String touched) {
      this.options = options;
      this.message = message;
      this.touched = touched;
    }
  }

  @Test
  void a_step_that_fails_ends_it_and_nothing_else_is_touched() throws Exception {
    Path script = Files.copy(Templates.folder("rolling-restart.sh"), folder.resolve("roll"));
    List<Long> before = cluster.instances().stream().map(Instance::pid).toList();
    Map<Failure, Future<FinishedCommand>> running = new EnumMap<>(Failure.class);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (Failure failure : Failure.values()) {
        running.put(failure, threads.submit(() -> Shell.run(folder, LIMIT, List.of("/bin/sh", "-c", script + " --balancer "
            + cluster.uri() + " --id 'echo app-$1' --patience 8 --times 1 --soak 0 " + failure.options + " 1 2"))));
      }
    }

    for (Map.Entry<Failure, Future<FinishedCommand>> entry : running.entrySet()) {
      FinishedCommand ended = entry.getValue().get();
      assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
      assertThat(ended.output()).contains(entry.getKey().message);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("roll."))
          .map(name -> name.substring("roll.".length())))
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(Failure.values()).map(failure -> failure.touched).filter(name -> !name.isEmpty()).toList());
    }
    assertThat(cluster.instances()).extracting(Instance::pid).isEqualTo(before);
  }

  @Test
  void the_only_instance_is_not_restarted() {
    FinishedCommand alone = rollingRestart("1");
    assertThat(alone.exitCode()).as(alone.output()).isEqualTo(64);
    assertThat(alone.output()).contains("two instances at least");
  }

  /** The command as it is installed, with systemd's commands. */
  private static FinishedCommand rollingRestart(String words) {
    return Shell.run(folder, LIMIT, List.of("/bin/sh", "-c", "PATH=" + folder.resolve("bin") + ":$PATH APP_BALANCER=" + cluster.uri()
        + " APP_ROLLING='--soak " + SOAK + "' " + installed.at("/usr/local/sbin/app-rolling-restart") + " " + words));
  }

  private static long products() throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from product")) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
