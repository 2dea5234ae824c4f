package dev.scalable.testkit.shop;

import dev.scalable.testkit.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A cluster's Nginx with another configuration than the shipped one, until this is closed. */
final class AlteredNginx implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path folder;
  private final Map<Path, String> shipped = new HashMap<>();

  private AlteredNginx(Path folder) {
    this.folder = folder;
  }

  /** Replaces each line of a file of the template that begins so, whatever its indent, by another. */
  static AlteredNginx replacing(Cluster cluster, Map<String, Map<String, String>> linesByFile)
      throws IOException {
    AlteredNginx altered = new AlteredNginx(cluster.balancer().configuration());
    for (Map.Entry<String, Map<String, String>> file : linesByFile.entrySet()) {
      altered.alter(altered.folder.resolve(file.getKey()), file.getValue());
    }
    altered.reload();
    return altered;
  }

  private void alter(Path file, Map<String, String> lines) throws IOException {
    String text = Files.readString(file);
    shipped.put(file, text);
    for (Map.Entry<String, String> line : lines.entrySet()) {
      if (text.lines().noneMatch(each -> each.strip().startsWith(line.getKey()))) {
        throw new IllegalStateException("no line of " + file + " begins with " + line.getKey());
      }
      text = text.lines().map(each -> each.strip().startsWith(line.getKey()) ? line.getValue() : each)
          .collect(Collectors.joining("\n", "", "\n"));
    }
    Files.writeString(file, text);
  }

  /** Has Nginx read its files, and waits until no worker is left that goes by the old ones. */
  private void reload() throws IOException {
    ProcessHandle master = ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("nginx.pid")).strip()))
        .orElseThrow();
    Set<ProcessHandle> old = workers(master);
    new ProcessBuilder("kill", "-s", "HUP", Long.toString(master.pid())).inheritIO().start();
    Awaitility.await("nginx with other workers than " + old).atMost(LIMIT).until(() -> {
      Set<ProcessHandle> now = workers(master);
      return !now.isEmpty() && now.stream().noneMatch(old::contains);
    });
  }

  private static Set<ProcessHandle> workers(ProcessHandle master) {
    return master.children().collect(Collectors.toSet());
  }

  /** Puts the shipped configuration back. */
  @Override
  public void close() throws IOException {
    for (Map.Entry<Path, String> file : shipped.entrySet()) {
      Files.writeString(file.getKey(), file.getValue());
    }
    reload();
  }
}
