package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.run.CacheFolder;
import dev.scalable.testkit.run.SearchPath;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where nginx is looked for: the one that was named (property {@value #PROPERTY}, else environment {@value #VARIABLE})
 * and then no other; else the folders of PATH, the usual sbin folders, and last the user's cache, into which the
 * distribution's package is unpacked where that is possible.
 *
 * @param named the path that was named, if any
 * @param folders where a file called nginx is looked for, in this order
 * @param distribution where the distribution's package is kept, and fetched from
 */
record NginxSearch(@Nullable Path named, List<Path> folders, DebianNginx distribution) {

  static final String PROPERTY = "scalable.testkit.nginx";
  static final String VARIABLE = "SCALABLE_TESTKIT_NGINX";

  /** On most distributions nginx lies here, and here is not on the PATH of an ordinary user. */
  private static final List<Path> USUAL_FOLDERS =
      List.of(
          Path.of("/usr/sbin"),
          Path.of("/usr/local/sbin"),
          Path.of("/sbin"),
          Path.of("/usr/local/nginx/sbin"),
          Path.of("/usr/local/bin"),
          Path.of("/opt/homebrew/bin"));

  static NginxSearch onThisMachine() {
    Map<String, String> environment = System.getenv();
    String named = System.getProperty(PROPERTY, environment.getOrDefault(VARIABLE, ""));
    return new NginxSearch(
        named.isBlank() ? null : Path.of(named),
        Stream.concat(SearchPath.folders().stream(), USUAL_FOLDERS.stream()).distinct().toList(),
        DebianNginx.in(CacheFolder.path()));
  }

  /**
   * The first usable nginx, fetched if there is none.
   *
   * @throws NginxNotAvailableException if there is none and none can be fetched, with every place that was tried
   */
  NginxBinary find() {
    if (named != null) {
      return findNamed(named);
    }
    List<NginxNotAvailableException> unusable = new ArrayList<>();
    for (Path folder : folders) {
      Path candidate = folder.resolve("nginx");
      if (Files.exists(candidate)) {
        try {
          return NginxBinary.at(candidate);
        } catch (NginxNotAvailableException e) {
          unusable.add(e);
        }
      }
    }
    try {
      return NginxBinary.at(distribution.binary());
    } catch (ClusterException | UncheckedIOException | NginxNotAvailableException e) {
      NginxNotAvailableException failure = new NginxNotAvailableException(message(e.getMessage(), unusable), e);
      unusable.forEach(failure::addSuppressed);
      throw failure;
    }
  }

  private static NginxBinary findNamed(Path path) {
    try {
      return NginxBinary.at(path);
    } catch (NginxNotAvailableException e) {
      throw new NginxNotAvailableException(
          "%s; it was named by the property %s or the environment's %s: correct or remove that"
              .formatted(e.getMessage(), PROPERTY, VARIABLE),
          e);
    }
  }

  private String message(@Nullable String fetching, List<NginxNotAvailableException> unusable) {
    return "nginx is needed and not available. Install it"
        + " (apt install nginx, dnf install nginx, apk add nginx, brew install nginx)"
        + " or name it by the property " + PROPERTY + " or the environment's " + VARIABLE + "."
        + "\n  looked in: " + folders
        + unusable.stream().map(e -> "\n  found but unusable: " + e.getMessage()).reduce("", String::concat)
        + "\n  fetching it: " + fetching;
  }
}
