package dev.scalable.testkit.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories of runs that have ended and were kept for a person to look at, such as those of failed tests. They
 * are deleted when they are older than a week and not among the newest twenty.
 */
final class KeptRuns {
  static final int NEWEST = 20;
  static final Duration AGE = Duration.ofDays(7);

  /** Written last, when no process of the run is left: "closed" is there from the beginning of the end. */
  private static final String ENDED = "ended";

  private static final Logger log = LoggerFactory.getLogger(KeptRuns.class);

  private KeptRuns() {}

  /** Whether {@code run} is to be kept and has nothing left to end. */
  static boolean isOne(Path run) {
    return Files.exists(run.resolve("keep")) && Files.exists(run.resolve(ENDED));
  }

  /** Notes that nothing of {@code run} is left to end. */
  static void noteEnd(Path run) {
    try {
      Files.write(run.resolve(ENDED), new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot note in " + run + " that the run has ended", e);
    }
  }

  /** Deletes those in {@code home} that nobody is going to look at any more. */
  static void sweep(Path home, Instant now) throws IOException {
    List<Kept> kept = new ArrayList<>();
    try (DirectoryStream<Path> runs = Files.newDirectoryStream(home, "run-*")) {
      for (Path run : runs) {
        if (isOne(run)) {
          kept.add(new Kept(run, Files.getLastModifiedTime(run.resolve(ENDED)).toInstant()));
        }
      }
    }
    kept.stream()
        .sorted(Comparator.comparing(Kept::ended).reversed())
        .skip(NEWEST)
        .filter(run -> run.ended().isBefore(now.minus(AGE)))
        .forEach(KeptRuns::delete);
  }

  private record Kept(Path path, Instant ended) {}

  /** What cannot be deleted is no reason not to start a cluster. */
  private static void delete(Kept run) {
    try {
      Folders.delete(run.path());
    } catch (UncheckedIOException e) {
      log.warn("A run directory that was kept for {} cannot be deleted", AGE, e);
    }
  }
}
