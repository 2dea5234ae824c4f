package dev.scalable.deploy.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.run.FinishedCommand;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What install.sh puts where, and what it leaves alone. */
class InstallTest {

  @TempDir
  private Path root;
  @TempDir
  private Path jars;

  @BeforeEach
  void a_service_of_two_jars() throws IOException {
    Files.writeString(jars.resolve("app.jar"), "one");
    Files.writeString(jars.resolve("lib.jar"), "two");
  }

  @Test
  void everything_is_where_the_units_look_for_it() throws IOException {
    Installed installed = Installed.in(root, jars, "--release", "r1", "--instances", "3");

    assertThat(installed.at("/opt/app/current/lib")).isDirectoryContaining("glob:**/app.jar").isDirectoryContaining("glob:**/lib.jar");
    assertThat(installed.unit("app@.service").one("ExecStart")).startsWith(System.getProperty("java.home") + "/bin/java ");
    assertThat(installed.unit("app-migrate.service").one("ExecStart")).startsWith(System.getProperty("java.home") + "/bin/java ");
    assertThat(installed.unit("app-nginx.service").settings().get("ExecReload")).first().asString().startsWith("/bin/true ");
    assertThat(installed.at("/etc/systemd/system/app.target.wants")).isDirectoryContaining("glob:**/app@1.service")
        .isDirectoryContaining("glob:**/app@3.service").isDirectoryNotContaining("glob:**/app@4.service");
    assertThat(installed.at("/etc/systemd/system/multi-user.target.wants/app.target")).isSymbolicLink().exists();
    assertThat(installed.at("/etc/app/nginx/parts/proxy.conf"))
        .hasSameBinaryContentAs(Installed.TEMPLATE.resolveSibling("nginx/parts/proxy.conf"));
    assertThat(installed.at("/etc/app/nginx/site/upstream.conf"))
        .hasSameBinaryContentAs(Installed.TEMPLATE.resolve("site/upstream.conf"));
    assertThat(installed.at("/etc/app/nginx/site/listen.conf"))
        .hasSameBinaryContentAs(Installed.TEMPLATE.resolveSibling("nginx/site/listen.conf"));
    assertThat(installed.at("/usr/local/sbin/app-rolling-restart")).isExecutable();
    assertThat(installed.mode("/etc/app/credentials")).isEqualTo("rwx------");
  }

  @Test
  void twice_is_as_once_and_what_people_edited_is_kept() throws IOException {
    Installed installed = Installed.in(root, jars, "--release", "r1", "--instances", "3");
    Map<String, String> before = contents();
    installed.install(jars, "--release", "r1", "--instances", "3").outputOfSuccess();
    assertThat(contents()).isEqualTo(before);

    Files.writeString(installed.at("/etc/app/app.env"), "LOG_LEVEL=DEBUG\n");
    Files.writeString(installed.at("/etc/app/nginx/site/listen.conf"), "listen 80;\n");
    Files.writeString(installed.at("/etc/app/nginx/parts/proxy.conf"), "# what an update replaces\n");
    installed.install(jars, "--release", "r2", "--instances", "2").outputOfSuccess();

    assertThat(installed.at("/etc/app/app.env")).hasContent("LOG_LEVEL=DEBUG");
    assertThat(installed.at("/etc/app/nginx/site/listen.conf")).hasContent("listen 80;");
    assertThat(installed.at("/etc/app/nginx/parts/proxy.conf")).content().contains("proxy_read_timeout");
    assertThat(installed.at("/etc/systemd/system/app.target.wants/app@3.service")).doesNotExist();
  }

  @Test
  void a_release_is_never_changed_and_the_one_that_a_process_runs_from_is_not_removed() throws Exception {
    Installed installed = Installed.in(root, jars, "--release", "r1");
    Files.writeString(jars.resolve("app.jar"), "changed");
    assertThat(installed.install(jars, "--release", "r1").outputOfSuccess()).contains("a release is never changed");
    assertThat(installed.at("/opt/app/releases/r1/lib/app.jar")).hasContent("one");

    Process instance = new ProcessBuilder("sleep", "600").directory(installed.at("/opt/app/current").toFile()).start();
    try {
      for (String release : List.of("r2", "r3", "r4")) {
        installed.install(jars, "--release", release, "--keep", "1").outputOfSuccess();
      }
      assertThat(releases()).containsExactlyInAnyOrder("r1", "r4");
    } finally {
      instance.destroyForcibly().waitFor();
    }
    installed.install(jars, "--release", "r4", "--keep", "1").outputOfSuccess();
    assertThat(releases()).containsExactly("r4");
    assertThat(installed.at("/opt/app/current").toRealPath()).endsWithRaw(Path.of("r4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--instances 10", "--instances x", "--release ../up", "--release .hidden", "--java java", "--keep 0",
      "--nginx /usr/bin/a|b", "--jar x", "--java"})
  void what_cannot_be_is_refused_and_nothing_is_done(String mistake) throws IOException {
    FinishedCommand refused = Shell.run(root, Duration.ofMinutes(1), List.of("/bin/sh", "-c",
        "DESTDIR=$0 \"$1\" --jars \"$2\" " + mistake.replace("|", "\\|"), root.toString(),
        Installed.TEMPLATE.resolve("install.sh").toString(), jars.toString()));

    assertThat(refused.exitCode()).as(refused.output()).isEqualTo(64);
    assertThat(root).isEmptyDirectory();
  }

  private List<String> releases() throws IOException {
    try (Stream<Path> all = Files.list(root.resolve("opt/app/releases"))) {
      return all.map(path -> path.getFileName().toString()).toList();
    }
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.filter(path -> !Files.isDirectory(path) || Files.isSymbolicLink(path)).toList()) {
        contents.put(path.toString(),
            Files.isSymbolicLink(path) ? "-> " + Files.readSymbolicLink(path) : Files.readString(path));
      }
    }
    return contents;
  }
}
