package dev.scalable.testkit.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one report among those of others: {@code <base>/<name>-<yyyyMMdd-HHmmss>/}. It is claimed by being
 * made, so that two reports of one name in one second, be it in two JVMs, do not share one.
 */
final class ReportFolder {
  static final String BASE_PROPERTY = "scalable.testkit.reports";
  static final String LATEST = "latest";
  static final int KEPT = 20;

  private static final Logger log = LoggerFactory.getLogger(Report.class);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT);
  private static final Pattern REPORT = Pattern.compile("(.+)-(\\d{8}-\\d{6})(?:-(\\d+))?");
  private static final int LONGEST_NAME = 80;

  private final Path base;
  private final Path path;
  private final String stem;

  private ReportFolder(Path base, Path path, String stem) {
    this.base = base;
    this.path = path;
    this.stem = stem;
  }

  /** The base folder that is set, {@code target/scalable-testkit} if none is. */
  static Path base() {
    String set = System.getProperty(BASE_PROPERTY, "");
    return (set.isBlank() ? Path.of("target", "scalable-testkit") : Path.of(set)).toAbsolutePath().normalize();
  }

  /** Makes a new folder for a report. */
  static ReportFolder claim(Path base, String name, LocalDateTime now) {
    String stem = fileName(name);
    String first = stem + "-" + TIME.format(now);
    try {
      Files.createDirectories(base);
      for (int number = 1; ; number++) {
        Path path = base.resolve(number == 1 ? first : first + "-" + number);
        try {
          return new ReportFolder(base, Files.createDirectory(path), stem);
        } catch (FileAlreadyExistsException taken) {
          log.debug("{} is another report's", path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no folder could be made for the report '" + name + "' below " + base
              + "; another place is set with -D" + BASE_PROPERTY + "=<folder>", e);
    }
  }

  Path path() {
    return path;
  }

  /**
   * A text from outside as the name of a file: letters, digits, point, dash and underscore, the rest as dashes, at most
   * 80 of them, and never nothing, {@code .} or {@code ..}.
   */
  static String fileName(String text) {
    String plain = text.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+|[.-]+$", "");
    String cut = plain.length() <= LONGEST_NAME ? plain : plain.substring(0, LONGEST_NAME);
    return cut.isEmpty() ? "unnamed" : cut;
  }

  /** Writes a file of the folder; whoever reads it meanwhile sees the old one or the new one, whole. */
  void write(String file, byte[] bytes) {
    Path target = path.resolve(file);
    Path half = path.resolve("." + UUID.randomUUID());
    try {
      Files.createDirectories(target.resolveSibling(""));
      Files.write(half, bytes);
      replace(half, target);
    } catch (IOException e) {
      throw new UncheckedIOException(target + " could not be written", e);
    }
  }

  /**
   * Makes {@code <base>/latest} lead here: a symbolic link, renewed in one step; a file with the path, where the file
   * system or the user's rights allow no links.
   */
  void renewLatest() {
    Path half = base.resolve("." + LATEST + "-" + UUID.randomUUID());
    try {
      try {
        Files.createSymbolicLink(half, path.getFileName());
      } catch (UnsupportedOperationException | IOException noLinks) {
        log.debug("no symbolic link at {}, so a file with the path", half, noLinks);
        Files.writeString(half, path + "\n");
      }
      replace(half, base.resolve(LATEST));
    } catch (IOException e) {
      log.warn("{} could not be renewed; it may lead to an older report than {}", base.resolve(LATEST), path, e);
    }
  }

  /**
   * Deletes reports of the same name but the newest twenty, this one included. Those of other names are left alone:
   * a build of thirty test classes writes thirty reports, and may name each of them in a message.
   */
  void sweep() {
    try (Stream<Path> entries = Files.list(base)) {
      List<Path> old = entries
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .filter(this::isOfThisName)
          .sorted(Comparator.comparing(ReportFolder::age).reversed())
          .skip(KEPT)
          .filter(entry -> !entry.equals(path))
          .toList();
      for (Path folder : old) {
        delete(folder);
      }
    } catch (IOException e) {
      log.warn("old reports in {} could not be deleted", base, e);
    }
  }

  private boolean isOfThisName(Path folder) {
    Matcher report = REPORT.matcher(folder.getFileName().toString());
    return report.matches() && report.group(1).equals(stem);
  }

  /** Sorts like the time, and within one second like the number. */
  private static String age(Path folder) {
    Matcher report = REPORT.matcher(folder.getFileName().toString());
    return report.matches()
        ? report.group(2) + String.format(Locale.ROOT, "-%9s", report.group(3) == null ? "1" : report.group(3))
        : "";
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(folder, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.delete(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path directory, @org.jspecify.annotations.Nullable IOException failure)
          throws IOException {
        if (failure != null) {
          throw failure;
        }
        Files.delete(directory);
        return FileVisitResult.CONTINUE;
      }
    });
  }

  private static void replace(Path half, Path target) throws IOException {
    try {
      Files.move(half, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException notHere) {
      Files.move(half, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
