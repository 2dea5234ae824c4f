package dev.scalable.consumers;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** The sources of a copy as they are once somebody has deleted the folder of a feature, and its line among modules. */
final class Features {

  private final Taken taken;

  Features(Taken taken) {
    this.taken = taken;
  }

  /** The packages below that of the service: its features, and what they all ask. */
  List<String> packages() throws IOException {
    try (Stream<Path> folders = Files.list(taken.sources("main"))) {
      return folders.filter(Files::isDirectory).map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  /** The lines of the service that go with the folder: the import of the module, and its line in the list. */
  List<String> linesOf(String feature) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : rest("main", feature)) {
      lines.addAll(Files.readAllLines(file).stream().filter(line -> names(line, feature)).toList());
    }
    return lines;
  }

  /**
   * Compiles what is left, tests and all, with Dagger and the check for state.
   *
   * @param classes where the classes go
   * @return what the compiler says; empty when all is well
   */
  String compiledWithout(String feature, Path classes) throws IOException {
    List<JavaFileObject> sources = new ArrayList<>();
    for (Path file : rest("main", feature)) {
      sources.add(without(feature, file));
    }
    for (Path file : rest("test", feature)) {
      // It says of the same package what that of the service says, and both are compiled at once here.
      if (!file.endsWith("package-info.java")) {
        sources.add(without(feature, file));
      }
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      files.setLocationFromPaths(StandardLocation.CLASS_PATH, taken.libraries());
      files.setLocationFromPaths(StandardLocation.ANNOTATION_PROCESSOR_PATH,
          Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of).toList());
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
      StringWriter said = new StringWriter();
      List<String> options = List.of("-parameters", "-Xlint:deprecation,unchecked,removal");
      boolean compiled = compiler.getTask(said, files, null, options, null, sources).call();
      return compiled && said.toString().isEmpty() ? "" : "without " + feature + ": " + said;
    }
  }

  private List<Path> rest(String mainOrTest, String feature) throws IOException {
    Path sources = taken.sources(mainOrTest);
    return taken.files().stream().filter(file -> file.startsWith(sources) && !file.startsWith(sources.resolve(feature)))
        .filter(file -> file.toString().endsWith(".java")).toList();
  }

  private static boolean names(String line, String feature) {
    String module = Character.toUpperCase(feature.charAt(0)) + feature.substring(1) + "Module";
    return line.equals("import " + Taken.PACKAGE + "." + feature + "." + module + ";")
        || line.strip().equals(module + ".class,");
  }

  private static JavaFileObject without(String feature, Path file) throws IOException {
    String text = String.join("\n", Files.readAllLines(file).stream().filter(line -> !names(line, feature)).toList());
    return new SimpleJavaFileObject(URI.create("string://" + file), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
