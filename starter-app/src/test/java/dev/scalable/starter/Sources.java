package dev.scalable.starter;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files that the service is made of, as they are at one moment. Two such looks say what has changed, however it was
 * saved: by writing, by a rename over the old file, by the removal of a folder. Looking costs a millisecond, and needs
 * no help of the file system, which on some systems comes seconds late, and over a shared folder never.
 */
record Sources(Map<Path, State> files) {

  /** What editors put beside the file that is edited. */
  private static final Pattern EDITORS = Pattern.compile("\\..*|.*~|#.*#");

  /** A file at that moment. */
  record State(Instant changed, long size) {}

  /** Looks at all files below a folder. */
  static Sources in(Path folder) throws IOException {
    Map<Path, State> files = new TreeMap<>();
    Files.walkFileTree(folder, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (!EDITORS.matcher(file.getFileName().toString()).matches()) {
          files.put(file, new State(attributes.lastModifiedTime().toInstant(), attributes.size()));
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException failure) {
        return FileVisitResult.CONTINUE; // it was removed while we looked, and so it is not there
      }
    });
    return new Sources(files);
  }

  /** The files that are new, gone or different since an earlier look, in order. */
  List<Path> changedSince(Sources earlier) {
    return Stream.concat(files.keySet().stream(), earlier.files.keySet().stream()).distinct().sorted()
        .filter(file -> !Objects.equals(files.get(file), earlier.files.get(file))).toList();
  }

  /** The Java files. */
  List<Path> java() {
    return files.keySet().stream().filter(file -> file.toString().endsWith(".java")).toList();
  }
}
