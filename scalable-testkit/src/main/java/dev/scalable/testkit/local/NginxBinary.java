package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.nginx.NginxVersion;
import dev.scalable.testkit.run.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * An nginx that runs on this machine.
 *
 * @param path absolute
 * @param version as it reports itself; at least {@link #OLDEST}
 */
record NginxBinary(Path path, NginxVersion version) {

  /** Has {@code -e}, without which an ordinary user's nginx complains of a log file it cannot write. */
  static final NginxVersion OLDEST = new NginxVersion(1, 20, 0);

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

  /**
   * The nginx to use on this machine, fetched if need be; see {@link NginxSearch} for the order.
   *
   * @throws NginxNotAvailableException if there is none
   */
  static NginxBinary find() {
    return NginxSearch.onThisMachine().find();
  }

  /**
   * The nginx at a path.
   *
   * @throws NginxNotAvailableException if there is nothing to run, it does not run or it is older than {@link #OLDEST}
   */
  static NginxBinary at(Path path) {
    Path absolute = path.toAbsolutePath();
    if (!Files.isRegularFile(absolute) || !Files.isExecutable(absolute)) {
      throw new NginxNotAvailableException(absolute + " is not an executable file");
    }
    String report;
    try {
      report = Shell.run(Path.of("/"), ANSWER_LIMIT, List.of(absolute.toString(), "-v")).outputOfSuccess();
    } catch (ClusterException e) {
      throw new NginxNotAvailableException(absolute + " does not run: " + e.getMessage(), e);
    }
    NginxVersion version =
        NginxVersion.in(report)
            .orElseThrow(() -> new NginxNotAvailableException(absolute + " is no nginx; it says: " + report));
    if (!version.isAtLeast(OLDEST)) {
      throw new NginxNotAvailableException(
          "%s is nginx %s; %s is the oldest that works here".formatted(absolute, version, OLDEST));
    }
    return new NginxBinary(absolute, version);
  }
}
