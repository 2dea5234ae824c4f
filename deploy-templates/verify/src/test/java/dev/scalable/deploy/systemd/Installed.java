package dev.scalable.deploy.systemd;

import dev.scalable.deploy.Templates;
import dev.scalable.testkit.run.FinishedCommand;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What install.sh made of the template, below a folder in the place of the root.
 *
 * @param root in the place of /
 */
record Installed(Path root) {

  static final Path TEMPLATE = Templates.folder("systemd");

  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** Installs, with the java of this test, which must succeed. */
  static Installed in(Path root, Path jars, String... options) {
    Installed installed = new Installed(root);
    installed.install(jars, options).outputOfSuccess();
    return installed;
  }

  /** Installs once more. */
  FinishedCommand install(Path jars, String... options) {
    // Nginx is only named: what a unit starts must be there for systemd to find nothing wrong.
    List<String> command = new ArrayList<>(List.of("env", "DESTDIR=" + root, TEMPLATE.resolve("install.sh").toString(),
        "--jars", jars.toString(), "--java", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--nginx", "/bin/true"));
    command.addAll(List.of(options));
    return Shell.run(root, LIMIT, command);
  }

  /** Where {@code path}, absolute on a machine, is here. */
  Path at(String path) {
    return root.resolve(path.substring(1));
  }

  UnitFile unit(String name) throws IOException {
    return UnitFile.of(Files.readString(at("/etc/systemd/system/" + name)));
  }

  Map<String, String> environment() throws IOException {
    return UnitFile.environment(Files.readAllLines(at("/etc/app/app.env")));
  }

  String mode(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(at(path)));
  }
}
