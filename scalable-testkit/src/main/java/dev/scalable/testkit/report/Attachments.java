package dev.scalable.testkit.report;

import dev.scalable.testkit.report.Findings.Attachment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts files beside a report. Where they come from and what they are called is not trusted. */
final class Attachments {
  private static final String FOLDER = "files/";

  private Attachments() {}

  static Attachment copy(ReportFolder folder, String name, Path source) {
    String file = file(name);
    try {
      copyAll(source, folder.path().resolve(file));
      return new Attachment(name, file, "");
    } catch (IOException e) {
      return new Attachment(name, file, source + " could not be copied: " + e);
    }
  }

  static Attachment write(ReportFolder folder, String name, String text) {
    String file = file(name);
    try {
      folder.write(file, text.getBytes(StandardCharsets.UTF_8));
      return new Attachment(name, file, "");
    } catch (UncheckedIOException e) {
      return new Attachment(name, file, "could not be written: " + e);
    }
  }

  /** Each part of the name becomes one of letters that mean nothing to a file system or an address. */
  private static String file(String name) {
    return FOLDER + Arrays.stream(name.split("/", -1))
        .filter(part -> !part.isEmpty())
        .map(ReportFolder::fileName)
        .collect(Collectors.joining("/"));
  }

  /** Copies what is a file, and follows no link: one in a folder of logs could lead anywhere. */
  private static void copyAll(Path source, Path target) throws IOException {
    List<Path> all;
    try (Stream<Path> tree = Files.walk(source)) {
      all = tree.toList();
    }
    for (Path each : all) {
      Path place = target.resolve(source.relativize(each).toString()).normalize();
      if (Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(place.resolveSibling(""));
        Files.copy(each, place, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
