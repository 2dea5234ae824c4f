package dev.scalable.testkit.docker;

import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * What Java programs are made of, copied once per cluster and read by all containers that run one. Copied and not shared
 * as folders of this machine, as a class path has a hundred of them.
 */
record ClassPathVolume(Bind bind) {
  private static final String FOLDER = "/scalable";

  /** The argument of {@code java} that names the class path. */
  static final String ARGUMENT = "@" + FOLDER + "/class-path";

  /** The folder below which {@link #create} has put the files of this machine, by their whole path. */
  static String at(Path file) {
    return FOLDER + "/" + name(file);
  }

  /**
   * Copies.
   *
   * @param image any; it is not run
   * @param jar an executable jar to copy too, or empty
   */
  static ClassPathVolume create(Room room, String image, List<Path> jar) {
    String volume = room.createVolume("class-path");
    List<Path> files = new ArrayList<>(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of).map(Path::toAbsolutePath).filter(Files::exists).toList());
    String helper = room.create(
        room.container(image, "class-path", new Bind(volume, new Volume(FOLDER), AccessMode.rw)).withEntrypoint("true"));
    try {
      Path archive = Files.createTempFile(room.run().directory(), "class-path", ".tar");
      try {
        write(archive, files, jar);
        try (InputStream in = Files.newInputStream(archive)) {
          room.client().copyArchiveToContainerCmd(helper).withRemotePath(FOLDER).withTarInputStream(in).exec();
        }
      } finally {
        Files.delete(archive);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy the class path for containers", e);
    } finally {
      room.remove(List.of(helper));
    }
    return new ClassPathVolume(new Bind(volume, new Volume(FOLDER), AccessMode.ro));
  }

  private static void write(Path archive, List<Path> classPath, List<Path> jar) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      List<String> names = new ArrayList<>();
      for (Path file : classPath) {
        names.add(at(file));
        add(tar, file);
      }
      for (Path file : jar) {
        add(tar, file);
      }
      // By a file of arguments, as for a process of this machine; a list in the environment has a limit, too.
      byte[] argument = ("-cp \"" + String.join(":", names) + "\"\n").getBytes(StandardCharsets.UTF_8);
      TarArchiveEntry entry = new TarArchiveEntry("class-path");
      entry.setSize(argument.length);
      tar.putArchiveEntry(entry);
      tar.write(argument);
      tar.closeArchiveEntry();
    }
  }

  private static void add(TarArchiveOutputStream tar, Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = name(root) + (file.equals(root) ? "" : "/" + root.relativize(file));
        tar.putArchiveEntry(new TarArchiveEntry(file.toFile(), name));
        if (Files.isRegularFile(file)) {
          Files.copy(file, tar);
        }
        tar.closeArchiveEntry();
      }
    }
  }

  /** Its path, so that two files of one name stay two, without what separates entries of a class path. */
  private static String name(Path file) {
    return "files" + file.toAbsolutePath().normalize().toString().replace(':', '_').replace('"', '_');
  }
}
