package dev.scalable.testkit.docker;

import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.SELContext;
import com.github.dockerjava.api.model.Volume;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What Java programs are made of, shared with their containers file by file and not to be changed there: to copy the
 * class path of a test takes longer than all else in the start of a cluster, and to share the folders above would show
 * the app what is none of its business.
 *
 * @param binds each of them, for a container
 */
record JavaFiles(List<Bind> binds) {
  private static final String FOLDER = "/scalable/";

  /** The class path of this JVM. What is on it by name only does not count. */
  static JavaFiles ofClassPath() {
    List<Path> entries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of).map(Path::toAbsolutePath).filter(Files::exists).toList();
    return new JavaFiles(IntStream.range(0, entries.size())
        .mapToObj(i -> bind(entries.get(i), FOLDER + i + "-" + entries.get(i).getFileName()))
        .toList());
  }

  /** An executable jar that needs no other. */
  static JavaFiles of(Path jar) {
    return new JavaFiles(List.of(bind(jar, FOLDER + jar.getFileName())));
  }

  private static Bind bind(Path file, String inContainer) {
    // Where SELinux guards files, a container may touch only those that are marked as shared.
    return new Bind(file.toString(), new Volume(inContainer.replace(':', '_')), AccessMode.ro, SELContext.shared);
  }

  /** Where they are in the container, as an argument of {@code java}. */
  String argument() {
    return binds.stream().map(bind -> bind.getVolume().getPath()).collect(Collectors.joining(":"));
  }
}
