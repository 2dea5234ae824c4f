package dev.scalable.testkit.local;

import dev.scalable.testkit.nginx.NginxConf;
import dev.scalable.testkit.nginx.NginxSite;
import dev.scalable.testkit.run.FinishedCommand;
import dev.scalable.testkit.run.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A rendered configuration that an nginx of this machine accepts; nginx writes nothing outside of its folder. */
record CheckedConf(NginxConf conf, NginxBinary nginx) {
  private static final Duration CHECK_LIMIT = Duration.ofSeconds(20);

  /**
   * Writes the configuration into a folder and has nginx check it.
   *
   * @param template replaces shipped files
   * @throws NginxConfException if nginx refuses it
   * @throws java.io.UncheckedIOException if a file cannot be written
   * @throws dev.scalable.testkit.backend.ClusterException if nginx cannot be run
   */
  static CheckedConf write(Path folder, NginxBinary nginx, NginxSite site, Map<String, String> template) {
    CheckedConf checked = new CheckedConf(NginxConf.write(folder, site, template), nginx);
    checked.check();
    return checked;
  }

  /**
   * The command line that runs nginx in the foreground. SIGTERM ends it at once, SIGQUIT when open requests are
   * answered; SIGKILL leaves its workers running. A start that fails says so on standard error and in the error log; on
   * a port in use that takes 2.5 s.
   */
  List<String> command() {
    List<String> command = new ArrayList<>(invocation());
    command.addAll(List.of("-g", "daemon off;"));
    return List.copyOf(command);
  }

  private void check() {
    List<String> command = new ArrayList<>(invocation());
    command.add("-t");
    FinishedCommand check = Shell.run(conf.folder(), CHECK_LIMIT, command);
    if (check.exitCode() != 0) {
      throw new NginxConfException(
          "nginx %s (%s) refuses the configuration in %s:%n%s"
              .formatted(nginx.version(), nginx.path(), conf.folder(), check.output()));
    }
  }

  private List<String> invocation() {
    return List.of(
        nginx.path().toString(), "-p", conf.folder() + "/", "-c", conf.file().toString(),
        "-e", conf.errorLog().toString());
  }
}
