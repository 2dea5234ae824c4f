package dev.scalable.deploy.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.testkit.run.FinishedCommand;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What systemd itself says of the installed units: none has a mistake, and each is exposed to 3.0 of 10 at most. Needs
 * systemd-analyze (Debian: package systemd), not systemd as process 1; {@code -Dscalable.test.systemd=required} fails where there
 * is none.
 */
class SystemdAnalyzeTest {

  /** Of ten times the exposure that systemd-analyze tells. */
  private static final int MOST_EXPOSED = 30;

  @TempDir
  private Path root;
  @TempDir
  private Path jars;
  private Installed installed = new Installed(Path.of("/"));

  @BeforeEach
  void the_units_are_installed() throws IOException {
    boolean there = Shell.succeeds(List.of("systemd-analyze", "--version"));
    String none = "NOT RUN: there is no systemd-analyze to check units with (Debian: package systemd)";
    if ("required".equals(System.getProperty("scalable.test.systemd"))) {
      assertThat(there).as(none).isTrue();
    }
    assumeTrue(there, none);
    Files.writeString(jars.resolve("app.jar"), "");
    installed = Installed.in(root, jars);
  }

  @Test
  void systemd_finds_no_mistake_in_any_unit() {
    assertThat(verify()).isEmpty();
  }

  @Test
  void no_service_is_exposed_to_more_than_it_needs() {
    FinishedCommand security = security("app@1", "app-migrate", "app-nginx");
    List<String> levels = security.output().lines().filter(line -> line.contains("Overall exposure level")).toList();
    levels.forEach(System.out::println);
    assertThat(levels).hasSize(3);
    assertThat(security.exitCode()).as(security.output()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"KillMode=mixed, KillMode=mixd, mixd", "TimeoutStopSec=40, TimeoutStopSecs=40, TimeoutStopSecs",
      "ExecStart=/, ExecStart=/nowhere/, /nowhere/", "After=network-online.target, After=network-online.tarrget, tarrget"})
  void a_unit_with_a_mistake_is_caught(String right, String wrong, String said) throws IOException {
    change("app@.service", right, wrong);

    assertThat(verify()).contains(said);
  }

  @Test
  void a_service_without_its_account_and_walls_is_caught() throws IOException {
    for (String wall : List.of("DynamicUser=yes", "ProtectSystem=strict", "SystemCallFilter=", "CapabilityBoundingSet=")) {
      change("app@.service", wall, "# " + wall);
    }

    assertThat(security("app@1").exitCode()).isNotZero();
  }

  private void change(String unit, String from, String to) throws IOException {
    Path file = installed.at("/etc/systemd/system/" + unit);
    assertThat(file).content().contains("\n" + from);
    Files.writeString(file, Files.readString(file).replace("\n" + from, "\n" + to));
  }

  /** What systemd complains of; what it says while all is well is nothing. */
  private String verify() {
    return analyze("verify", "--man=no", "app.target", "app@1.service", "app-migrate.service", "app-nginx.service").output();
  }

  private FinishedCommand security(String... services) {
    List<String> words = new ArrayList<>(List.of("security", "--no-pager", "--offline=true", "--threshold=" + MOST_EXPOSED));
    for (String service : services) {
      words.add(service + ".service");
    }
    return analyze(words.toArray(String[]::new));
  }

  /** By path, so that the units of this machine have no part in it. */
  private FinishedCommand analyze(String... words) {
    List<String> command = new ArrayList<>(List.of("systemd-analyze"));
    for (String word : words) {
      command.add(word.startsWith("app") ? "./" + word : word);
    }
    return Shell.run(installed.at("/etc/systemd/system"), Duration.ofMinutes(1), command);
  }
}
