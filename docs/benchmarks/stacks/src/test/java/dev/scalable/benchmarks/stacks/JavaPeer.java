package dev.scalable.benchmarks.stacks;

import dev.scalable.testkit.cluster.AppSpec;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A stack in Java: a module of its own, below {@code peers}, which runs on the class path that Maven wrote there. */
final class JavaPeer {

  private JavaPeer() {}

  /**
   * The stack of a module.
   *
   * @param module the folder of the module, and the name of the stack
   * @param title what the framework is called
   * @param artifact the one of its class path whose version is the framework's
   * @param mainClass what starts an instance, below the package of the peers
   * @throws IllegalStateException if the module has not been built
   */
  static Stack stack(String module, String title, String artifact, String mainClass) {
    Path target = Path.of("peers", module, "target").toAbsolutePath();
    Path written = target.resolve("peer.classpath");
    if (!Files.exists(written)) {
      throw new IllegalStateException(module + " cannot be measured: there is no " + written + ". Maven writes it with"
          + " -Pbench -pl docs/benchmarks/stacks -am");
    }
    String classPath = target.resolve("classes") + File.pathSeparator + read(written);
    Matcher version = Pattern.compile("[/\\\\]" + Pattern.quote(artifact) + "-(\\d[^/\\\\]*)\\.jar").matcher(classPath);
    List<String> arguments = new ArrayList<>(List.of(Jvm.flags()));
    Stream.of("-cp", classPath, "dev.scalable.benchmarks.peer." + mainClass).forEach(arguments::add);
    return new Stack(module, title + (version.find() ? " " + version.group(1) : ""),
        AppSpec.command(Jvm.java(), arguments.toArray(String[]::new)));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
