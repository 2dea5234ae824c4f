package dev.scalable.deploy.systemd;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** The starter and all that it needs as a folder of jars, from the class path of this test. */
final class StarterJars {

  /** Large, and only of the tests. */
  private static final List<String> LEFT_OUT = List.of("embedded-", "junit-", "assertj-", "testcontainers-", "docker-java-");

  private StarterJars() {}

  /** Fills {@code folder}; what the build has not packed yet is packed. */
  static Path in(Path folder) throws IOException {
    int number = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      String name = path.getFileName().toString();
      if (Files.isRegularFile(path) && LEFT_OUT.stream().noneMatch(name::startsWith)) {
        Files.copy(path, folder.resolve(number++ + "-" + name));
      } else if (Files.isDirectory(path) && !path.endsWith("test-classes")) {
        pack(path, folder.resolve(number++ + "-packed.jar"));
      }
    }
    return folder;
  }

  private static void pack(Path classes, Path jar) throws IOException {
    List<Path> content;
    try (Stream<Path> all = Files.walk(classes)) {
      content = all.skip(1).toList();
    }
    try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
      for (Path each : content) {
        String name = classes.relativize(each).toString();
        // Folders as well: the page of the starter is looked up as one.
        entries.putNextEntry(new ZipEntry(Files.isDirectory(each) ? name + "/" : name));
        if (!Files.isDirectory(each)) {
          Files.copy(each, entries);
        }
      }
    }
  }
}
