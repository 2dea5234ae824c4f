package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.run.SearchPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an app can be, and what is said when it cannot be started. */
class AppSpecTest {
  @Test void an_executable_jar_is_an_app(@TempDir Path folder) throws IOException {
    Path jar = jarOfTinyApp(folder.resolve("tiny.jar"));
    try (Cluster cluster = local(AppSpec.jar(jar).jvm("-Dtiny.flag=${PORT}").args("by", "jar")).start()) {
      assertThat(Tiny.who(cluster.uri())).isNotEqualTo(Tiny.who(cluster.uri())).startsWith("app-");
      assertThat(cluster.instance(1).log().lines())
          .contains("flag " + cluster.instance(1).uri().getPort() + ", arguments [by, jar]");
      assertThat(ProcessHandle.of(cluster.instance(1).pid()).orElseThrow().info().arguments().orElseThrow())
          .containsSequence("-jar", jar.toString());
    }
  }

  @Test void a_file_of_flags_is_read_at_each_start_and_wins_over_the_class_path(@TempDir Path folder)
      throws IOException {
    Path flags = Files.writeString(folder.resolve("flags"), "-Dtiny.flag=first");
    try (Cluster cluster = local(AppSpec.mainClass(TinyApp.class).jvm("@" + flags)).start()) {
      Instance instance = cluster.instance(1);
      assertThat(instance.log().lines()).contains("flag first, arguments []");

      Files.writeString(flags, "-Dtiny.flag=second -cp \"" + jarOfTinyApp(folder.resolve("tiny.jar")) + '"');
      instance.restart(Duration.ofSeconds(20));
      assertThat(instance.log().lines()).contains("flag second, arguments []");

      Files.writeString(flags, "-cp " + folder.resolve("nothing"));
      assertThatThrownBy(() -> instance.restart(Duration.ofSeconds(20))).hasMessageContaining("ended with exit code 1");
    }
  }

  @Test void a_jar_that_is_not_there_is_a_mistake(@TempDir Path folder) {
    assertThatThrownBy(() -> local(AppSpec.jar(folder.resolve("none.jar"))).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no jar " + folder.resolve("none.jar") + ": has it been built?");
  }

  @Test void a_command_whose_program_does_not_exist_is_named_with_where_it_was_looked_for() {
    assertThatThrownBy(() -> local(AppSpec.command("no-such-program-here", "server.js")).start())
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("cannot be started: the command's program \"no-such-program-here\" is in none of the"
            + " folders of PATH, which are [/");
    assertThatThrownBy(() -> local(AppSpec.command("./no/such/file")).start())
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining(Path.of("").toAbsolutePath().resolve("./no/such/file")
            + ", the command's program, is not a file that can be executed");
  }

  @Test void a_command_that_ends_at_once_is_told_with_its_exit_code_and_what_it_printed() {
    assumeTrue(SearchPath.find("perl").isPresent(), "there is no perl on this machine");
    assertThatThrownBy(() -> local(AnyCommandTest.perl().args("broken")).start())
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("ended with exit code 9 before it was ready at http://127.0.0.1:")
        .hasMessageContaining("\nno licence found for app-");
  }

  @Test void a_command_runs_in_the_folder_of_the_test(@TempDir Path folder) throws IOException {
    Path here = folder.resolve("here");
    AppSpec app = AnyCommandTest.perl().migrateByCommand("/bin/sh", "-c", "pwd > " + here + "; exit 4");
    assertThatThrownBy(() -> local(app).start())
        .isInstanceOf(ClusterException.class).hasMessageContaining("ended with exit code 4");
    assertThat(here).hasContent(Path.of("").toAbsolutePath().toString());
  }

  private static ClusterBuilder local(AppSpec app) {
    return Cluster.builder().backend(Backend.LOCAL).app(app);
  }

  private static Path jarOfTinyApp(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, TinyApp.class.getName());
    String file = TinyApp.class.getName().replace('.', '/') + ".class";
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out, manifest);
        InputStream in = Objects.requireNonNull(ClassLoader.getSystemResourceAsStream(file))) {
      entries.putNextEntry(new JarEntry(file));
      in.transferTo(entries);
    }
    return jar;
  }
}
