package dev.scalable.deploy.compose;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.run.FinishedCommand;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stack that Compose itself brings up of compose.yaml: it shares and fails over as the origin did, and its instances
 * are replaced one after the other without a loss.
 *
 * <p>Run where {@code -Dscalable.test.containers=required} says so; {@code .ci/container-images} and {@code .ci/image
 * scalable/starter-app:check} make the images. How long the rolling restart takes is {@code -Dscalable.compose.soak}, in
 * seconds for each instance, under {@code -Dscalable.compose.rate} POSTs a second.
 */
class ComposeItselfTest {

  private static final boolean REQUIRED = "required".equals(System.getProperty("scalable.test.containers"));
  private static final int SOAK = Integer.getInteger("scalable.compose.soak", 28);
  private static final int PER_SECOND = Integer.getInteger("scalable.compose.rate", 80);
  private static final int LEAST = Integer.getInteger("scalable.compose.least", 5_000);
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TempDir
  private static Path templates;
  private static Stack stack;

  @BeforeAll
  static void it_is_up() throws IOException {
    assumeTrue(REQUIRED, "NOT RUN: the stack of Docker Compose, which -Dscalable.test.containers=required wants");
    stack = Stack.in(templates);
    stack.compose("up", "--detach", "--wait");
  }

  @AfterAll
  static void it_is_away() {
    if (REQUIRED) {
      stack.close();
    }
  }

  @BeforeEach
  void two_serve() {
    await().atMost(LIMIT).until(() -> reads(4).byInstance().size() == 2);
  }

  private static LoadResult reads(int requests) {
    return Load.against(stack.balancer()).get("/products/1").closed(users(1), iterations(requests)).run();
  }

  @Test
  void two_instances_get_exactly_half_each_and_many_clients_at_once_no_error() {
    LoadResult one = reads(100);
    assertThat(one).lostNothing();
    assertThat(one.byInstance().values()).containsExactly(50, 50);

    LoadResult many = Load.against(stack.balancer()).get("/products/1").closed(users(200), iterations(1)).run();
    System.out.println("compose: 100 requests one after the other " + one.byInstance() + "; 200 at once "
        + many.byOutcome());
    assertThat(many).lostNothing();
    assertThat(many.ok()).isEqualTo(200);
  }

  @Test
  void an_instance_that_is_killed_costs_no_request_and_is_there_again() {
    String victim = stack.containers("app").getFirst();
    LoadResult run = Load.against(stack.balancer()).get("/products/1").open(rate(50).perSecond()).giveUpAfter(LIMIT)
        .whileRunning(() -> {
          // Its process, as a crash would: what `docker kill` ends the engine does not start again.
          Shell.signal(Long.parseLong(Stack.docker("inspect", "--format", "{{.State.Pid}}", victim)), "KILL");
          await().atMost(LIMIT).until(() -> Stack.docker("inspect", "--format",
              "{{.RestartCount}} {{.State.Health.Status}}", victim), "1 healthy"::equals);
        }).run();

    System.out.println("compose, one of two killed: " + run.byOutcome() + "; " + run.byInstance());
    assertThat(run).lostNothing();
    assertThat(stack.containers("app")).hasSize(2).contains(victim);
  }

  @Test
  void a_rolling_restart_loses_no_post_with_a_key_and_does_none_twice() {
    List<String> before = stack.containers("app");
    stack.posts().closed(users(2), iterations(100)).run();
    long rows = stack.products();

    LoadResult run = stack.posts().open(rate(PER_SECOND).perSecond()).giveUpAfter(LIMIT)
        .whileRunning(() -> System.out.println(stack.rollingRestart(SOAK).outputOfSuccess())).run();

    long more = stack.products() - rows;
    System.out.println("rolling restart by Compose: " + run.scheduled() + " POSTs in " + run.duration().toSeconds()
        + " s, " + run.ok() + " answered, " + more + " rows; " + run.byOutcome() + "; " + run.byInstance()
        + "; longest " + run.service().max().toMillis() + " ms");
    assertThat(run).lostNothing();
    assertThat(run.ok()).isGreaterThanOrEqualTo(LEAST);
    assertThat(more).isEqualTo(run.ok());
    assertThat(stack.containers("app")).hasSize(2).doesNotContainAnyElementsOf(before);
  }

  @Test
  void another_setting_comes_by_a_rolling_restart_such_as_the_way_through_pgbouncer() throws IOException {
    stack.set("COMPOSE_PROFILES", "pgbouncer");
    stack.set("APP_DB", "pgbouncer:6432");
    stack.set("APP_DB_LIMITS", "transaction");
    stack.compose("up", "--detach", "--no-deps", "pgbouncer");
    FinishedCommand roll = stack.rollingRestart(0);
    assertThat(roll.exitCode()).as(roll.output()).isZero();

    assertThat(stack.posts().closed(users(2), iterations(20)).run()).lostNothing();
    assertThat(stack.containers("app")).hasSize(2)
        .allSatisfy(container -> assertThat(Stack.docker("inspect", container)).contains("jdbc:postgresql://pgbouncer:6432/app"));
  }

  @Test
  void nobody_has_the_password_but_who_reads_the_file_and_nobody_is_reachable_but_nginx() {
    for (String service : List.of("nginx", "app", "db", "redis")) {
      String container = stack.containers(service).getFirst();
      assertThat(Stack.docker("inspect", container)).doesNotContain(Stack.PASSWORD).doesNotContain(Stack.MERCHANT);
      assertThat(Stack.docker("port", container).lines().toList()).as(service).hasSize(service.equals("nginx") ? 1 : 0)
          .allSatisfy(port -> assertThat(port).startsWith("8080/tcp -> 127.0.0.1:"));
      assertThat(Stack.docker("inspect", "--format",
          "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}", container)).isEqualTo("true [ALL] [no-new-privileges:true]");
    }
    assertThat(stack.compose("logs", "--no-color")).doesNotContain(Stack.PASSWORD).doesNotContain(Stack.MERCHANT);
  }

  @Test
  void the_role_of_the_instances_owns_its_database_and_nothing_else_and_the_superuser_comes_by_no_network() {
    assertThat(stack.compose("exec", "-T", "db", "psql", "--username=app", "--dbname=app", "--tuples-only",
        "--no-align", "--command=select rolsuper, rolcreaterole, rolcreatedb, rolreplication from pg_roles"
            + " where rolname = current_user")).contains("f|f|f|f");
    FinishedCommand refused = stack.tried("exec", "-T", "--env", "PGPASSWORD=" + Stack.PASSWORD, "db", "psql",
        "--host=db", "--username=postgres", "--dbname=postgres", "--command=select 1");
    assertThat(refused.exitCode()).as(refused.output()).isNotZero();
    assertThat(refused.output()).contains("password authentication failed");
  }

  @Test
  void compose_takes_the_file_with_every_profile_and_refuses_a_misspelt_field() throws IOException {
    stack.compose("--profile", "*", "config", "--quiet");
    Path file = stack.folder().resolve("misspelt.yaml");
    String right = Files.readString(stack.folder().resolve("compose.yaml"));
    Files.writeString(file, right.replace("stop_signal: SIGQUIT", "stop_signl: SIGQUIT"));
    FinishedCommand refused = stack.tried("--file", file.toString(), "config", "--quiet");
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.output()).contains("stop_signl");
  }
}
