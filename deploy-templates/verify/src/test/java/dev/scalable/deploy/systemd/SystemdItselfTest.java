package dev.scalable.deploy.systemd;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.deploy.Templates;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine with systemd as process 1, which is a container, with the starter installed as the README says, and PostgreSQL and Valkey
 * in containers beside it. Nothing has a stand-in, so this shows that the units start at all with their walls around them.
 *
 * <p>Run where {@code -Dscalable.test.containers=required} says so; .ci/container-images makes the image.
 */
class SystemdItselfTest {

  private static final String MACHINE = "scalable-systemd-" + ProcessHandle.current().pid();
  private static final String MERCHANT = "a-token-for-the-merchant-of-these-tests";
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final String ASK = "/usr/local/lib/app/rolling-restart.sh --ask";

  @TempDir
  private static Path jars;
  private static URI balancer = URI.create("http://localhost");

  @BeforeAll
  static void the_machine_is_up_and_the_service_installed() throws IOException {
    assumeTrue("required".equals(System.getProperty("scalable.test.containers")),
        "NOT RUN: systemd as process 1 of a container, which -Dscalable.test.containers=required wants");
    StarterJars.in(jars);
    docker("run", "--detach", "--name", MACHINE + "-db", "--env", "POSTGRES_USER=app", "--env", "POSTGRES_PASSWORD=secret",
        "postgres:18");
    docker("run", "--detach", "--name", MACHINE + "-redis", "valkey/valkey:9");
    // By TCP: while its first start makes the data, PostgreSQL answers on its socket only.
    docker("exec", MACHINE + "-db", "sh", "-c", "until pg_isready --quiet --host=127.0.0.1 --username=app; do sleep 0.2; done");
    // systemd mounts, makes namespaces and changes accounts; it needs no device of the host, so it is not --privileged.
    docker("run", "--detach", "--name", MACHINE, "--cap-add=ALL", "--cap-drop=SYS_RESOURCE", "--security-opt=seccomp=unconfined",
        "--security-opt=apparmor=unconfined", "--tmpfs=/run", "--tmpfs=/tmp:exec", "--volume=" + Templates.all() + ":/templates:ro",
        "--volume=" + jars + ":/jars:ro", "scalable/systemd:forky");
    balancer = URI.create("http://" + address(MACHINE) + ":8080");
    machine("""
        until systemctl is-system-running --quiet; do sleep 0.2; done
        /templates/systemd/install.sh --jars /jars --java "$(readlink -f "$(command -v java)")" --release first
        umask 077; echo secret > /etc/app/credentials/db-password; umask 022
        sed -i -e 's|127.0.0.1:5432|%s:5432|' -e 's|127.0.0.1:6379|%s:6379|' /etc/app/app.env
        echo STARTER_MERCHANT_TOKEN=%s >> /etc/app/app.env
        systemctl start app.target
        for port in 8081 8082; do until [ -n "$(%s http://127.0.0.1:$port/health/ready)" ]; do sleep 0.2; done; done
        """.formatted(address(MACHINE + "-db"), address(MACHINE + "-redis"), MERCHANT, ASK));
  }

  @AfterAll
  static void all_is_removed() {
    if ("required".equals(System.getProperty("scalable.test.containers"))) {
      docker("rm", "--force", "--volumes", MACHINE, MACHINE + "-db", MACHINE + "-redis");
    }
  }

  @Test
  void a_new_release_loses_no_post_with_a_key_and_does_none_twice() throws IOException {
    List<String> before = processes();
    load().closed(users(2), iterations(100)).run();
    long rows = products();
    machine("/templates/systemd/install.sh --jars /jars --java \"$(readlink -f \"$(command -v java)\")\" --release second");

    LoadResult run = load().open(rate(20).perSecond()).giveUpAfter(LIMIT)
        .whileRunning(() -> System.out.println(machine("APP_ROLLING='--patience 120' app-rolling-restart --migrate"))).run();

    System.out.println("rolling restart by systemd: " + run.scheduled() + " POSTs, " + run.ok() + " answered; " + run.byOutcome());
    assertThat(run).lostNothing();
    assertThat(products() - rows).isEqualTo(run.ok());
    assertThat(processes()).doesNotContainAnyElementsOf(before);
    assertThat(machine("readlink /proc/$(systemctl show --property=MainPID --value app@1)/cwd")).isEqualTo("/opt/app/releases/second");
  }

  @Test
  void an_instance_that_is_killed_is_there_again_and_the_other_answers_meanwhile() {
    machine("""
        systemctl kill --signal=KILL app@2
        until [ "$(systemctl show --property=NRestarts --value app@2)" = 1 ]; do sleep 0.2; done
        until [ -n "$(%s http://127.0.0.1:8082/health/ready)" ]; do [ -n "$(%s http://127.0.0.1:8080/health/ready)" ]; sleep 0.2; done
        """.formatted(ASK, ASK));
  }

  @Test
  void an_instance_has_an_account_of_its_own_and_nothing_that_it_could_do_with_it() {
    String status = machine("cat /proc/$(systemctl show --property=MainPID --value app@1)/status");
    assertThat(status).containsPattern("Uid:\\s+6[1-5]\\d{3}\\s").containsPattern("CapBnd:\\s+0{16}").containsPattern("NoNewPrivs:\\s+1")
        .containsPattern("Seccomp:\\s+2");
    assertThat(machine("tr '\\0' '\\n' < /proc/$(systemctl show --property=MainPID --value app@1)/environ"))
        .contains("SCALABLE_DB_PASSWORD_FILE=/run/credentials/app@1.service/db-password").doesNotContain("secret");
    assertThat(machine("ls -l /etc/app/credentials/db-password")).startsWith("-rw-------");
  }

  private static Load load() {
    return Load.against(balancer).post("/products", () -> "{\"name\":\"made meanwhile\",\"priceCents\":250}")
        .header("Authorization", "Bearer " + MERCHANT).idempotencyKey();
  }

  private static List<String> processes() {
    return machine("systemctl show --property=MainPID --value app@1 app@2").lines().filter(line -> !line.isEmpty()).toList();
  }

  private static long products() {
    return Long.parseLong(docker("exec", MACHINE + "-db", "psql", "--username=app", "--tuples-only", "--no-align",
        "--command=select count(*) from product"));
  }

  private static String address(String container) {
    return docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container);
  }

  /** A script that must succeed, with each of its steps. */
  private static String machine(String script) {
    return docker("exec", MACHINE, "sh", "-euc", script);
  }

  private static String docker(String... words) {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(words));
    return Shell.run(Path.of("/"), LIMIT, command).outputOfSuccess();
  }
}
