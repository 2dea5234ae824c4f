package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.run.FinishedCommand;
import dev.scalable.testkit.run.SearchPath;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The distribution's packages, read by apt with lists, caches and locks of its own in a folder: it installs nothing,
 * needs no root and does not depend on when the machine's own lists were last updated. Sources, keys and proxies are
 * the machine's.
 *
 * @param folder an empty folder, absolute; the caller deletes it
 */
record AptPackages(Path folder) {

  private static final Logger log = LoggerFactory.getLogger(AptPackages.class);
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Pattern TO_INSTALL = Pattern.compile("^Inst (\\S+) ", Pattern.MULTILINE);

  /**
   * Checks that this is a machine of that family.
   *
   * @throws ClusterException if not, saying what is missing
   */
  static void requireTools() {
    for (String tool : List.of("apt-get", "dpkg-deb")) {
      if (SearchPath.find(tool).isEmpty()) {
        throw new ClusterException("only possible on Debian and its descendants: there is no " + tool + " on the PATH");
      }
    }
  }

  /**
   * Unpacks a package that is not installed, and of those that it depends on the ones that are not installed either.
   *
   * @throws ClusterException if a step fails, with the tool's own words
   */
  void unpack(String name, Path root) throws IOException {
    for (String needed : List.of("state/lists/partial", "cache/archives/partial", "log", "packages")) {
      Files.createDirectories(folder.resolve(needed));
    }
    Files.writeString(folder.resolve("apt.conf"), configuration());
    FinishedCommand update = apt("update");
    if (update.exitCode() != 0) {
      // One unreachable third-party source is enough for this; whether it matters is seen below.
      log.warn("apt-get update: {}", update.output());
    }
    List<String> names = namesOf(name);
    log.info("Downloading {}", names);
    List<String> download = new ArrayList<>(List.of("download"));
    download.addAll(names);
    apt(download.toArray(String[]::new)).outputOfSuccess();
    try (DirectoryStream<Path> archives = Files.newDirectoryStream(folder.resolve("packages"), "*.deb")) {
      for (Path archive : archives) {
        Shell.run(folder, LIMIT, List.of("dpkg-deb", "--extract", archive.toString(), root.toString()))
            .outputOfSuccess();
      }
    }
  }

  /** The package and what it needs that is not installed. */
  private List<String> namesOf(String name) {
    FinishedCommand plan = apt("--simulate", "install", name);
    if (plan.exitCode() != 0) {
      // Packages that have nothing to do with this one may be half installed, and all that this one needs be there.
      log.warn("apt-get cannot say what {} needs, trying without: {}", name, plan.output());
      return List.of(name);
    }
    return TO_INSTALL.matcher(plan.output()).results().map((MatchResult found) -> found.group(1)).toList();
  }

  /** Hooks are cleared as they work on the machine's own cache; see apt.conf(5). */
  private String configuration() {
    return """
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        Dir::State "%1$s/state";
        Dir::State::status "/var/lib/dpkg/status";
        Dir::Cache "%1$s/cache";
        Dir::Log "%1$s/log";
        Acquire::Languages "none";
        Acquire::Retries "2";
        APT::Install-Recommends "false";
        // Else root's apt changes to a user who cannot write below root's home. Signatures are checked all the same.
        APT::Sandbox::User "root";
        """
        .formatted(folder);
  }

  private FinishedCommand apt(String... arguments) {
    List<String> command = new ArrayList<>(List.of("apt-get", "-c", folder.resolve("apt.conf").toString()));
    command.addAll(List.of(arguments));
    return Shell.run(folder.resolve("packages"), LIMIT, command);
  }
}
