package dev.scalable.testkit.backend;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apiguardian.api.API;

/**
 * What a node printed, over all of its restarts: a file in the run directory, standard output and standard error
 * together.
 *
 * @param path the file; it is gone after the cluster is closed, unless the run directory is kept
 */
@API(status = API.Status.MAINTAINED)
public record NodeLog(Path path) {
  /** Enough to see why a node failed, little enough to read in a failure message. */
  static final int LINES_IN_A_FAILURE = 50;

  /** The last lines, at most {@code count}, oldest first; none if the node has not printed anything. */
  public List<String> tail(int count) {
    List<String> lines = lines();
    return List.copyOf(lines.subList(Math.max(0, lines.size() - count), lines.size()));
  }

  /** All lines, oldest first. Bytes that are not UTF-8 are replaced. */
  public List<String> lines() {
    try {
      byte[] content = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
      return new String(content, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log " + path, e);
    }
  }

  /** How much was printed so far, in bytes: a moment to ask for the lines {@link #since}. */
  public long size() {
    try {
      return Files.exists(path) ? Files.size(path) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log " + path, e);
    }
  }

  /** The lines printed since a moment given as {@link #size()} was then, oldest first. */
  public List<String> since(long moment) {
    if (!Files.exists(path)) {
      return List.of();
    }
    try (InputStream in = Files.newInputStream(path)) {
      in.skipNBytes(Math.min(moment, Files.size(path)));
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log " + path, e);
    }
  }

  /** The last 50 lines, under a heading with the name of the file: for a failure message. */
  public String excerpt() {
    List<String> tail = tail(LINES_IN_A_FAILURE);
    String heading = "--- last lines of " + path.getFileName() + " ---";
    return tail.isEmpty() ? heading + "\n(nothing)" : heading + "\n" + String.join("\n", tail);
  }
}
