package dev.scalable.starter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * What sources were compiled to, with their resources, in a folder that is made once and never written to again: a JVM
 * reads classes when it first needs them, so one that runs from it must find there what it was started with, and
 * nothing that a deleted source has left.
 *
 * @param folder what instances have on their class path
 * @param errors what the compiler refuses, each with file, line and text; if there are any the folder is of no use
 */
record Generation(Path folder, List<String> errors) {

  /** What the class file format is ahead of the Java version. */
  private static final int FORMAT = 44;

  /**
   * Compiles a service as the build does, but for the checks that only find fault: Error Prone, NullAway and the
   * compiler's warnings.
   *
   * @param main a folder as {@code src/main} is one
   * @param folder where to put it; made here
   */
  static Generation of(Path main, Sources sources, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path resources = main.resolve("resources");
    for (Path file : sources.files().keySet()) {
      if (file.startsWith(resources)) {
        Path copy = folder.resolve(resources.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return new Generation(folder, compile(sources.java(), folder));
  }

  private static List<String> compile(List<Path> java, Path folder) throws IOException {
    JavaCompiler compiler =
        Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "what runs this is no JDK: it has no compiler");
    DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(told, Locale.ROOT, UTF_8)) {
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
      files.setLocationFromPaths(StandardLocation.CLASS_PATH, libraries());
      JavaCompiler.CompilationTask task = compiler.getTask(Writer.nullWriter(), files, told,
          List.of("--release", Integer.toString(release()), "-parameters", "-g", "-nowarn", "-Xlint:none"), null,
          files.getJavaFileObjectsFromPaths(java));
      // Dagger's. It finds the library's check by itself, as that is on the class path, too.
      task.setProcessors(ServiceLoader.load(Processor.class));
      boolean compiled = task.call();
      List<String> errors = told.getDiagnostics().stream().filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
          .map(Object::toString).distinct().toList();
      return compiled || !errors.isEmpty() ? errors : List.of("the compiler gave up: " + told.getDiagnostics());
    }
  }

  /** The Java version that the build has compiled for. */
  private static int release() throws IOException {
    try (InputStream file = Objects.requireNonNull(Main.class.getResourceAsStream("Main.class"));
        DataInputStream data = new DataInputStream(file)) {
      data.skipNBytes(6);
      return data.readUnsignedShort() - FORMAT;
    }
  }

  /** The class path of this JVM without what the build has made of the service and its tests. */
  private static List<Path> libraries() {
    List<Path> own = Stream.of(Main.class, Generation.class).map(Generation::home).toList();
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath().normalize()).filter(entry -> !own.contains(entry)).toList();
  }

  /** The folder or jar that a class is in. */
  static Path home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type + " is in no file", e);
    }
  }

  /** What tells a JVM to run from this, for a file of its arguments. */
  String arguments() {
    return "-cp \"" + String.join(File.pathSeparator, Stream.concat(Stream.of(folder), libraries().stream())
        .map(Path::toString).toList()).replace("\\", "\\\\").replace("\"", "\\\"") + "\"\n";
  }

  /** Deletes it, once no instance runs from it. */
  void delete() {
    delete(folder);
  }

  /** Deletes a folder with all that is in it. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }
}
