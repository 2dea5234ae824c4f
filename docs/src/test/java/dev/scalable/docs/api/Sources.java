package dev.scalable.docs.api;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * The public types of a published module, as the compiler reads them in its sources. So javadoc is seen, and what
 * Dagger generates is not; a library that is optional there need not be here.
 */
final class Sources {

  /** What is published and has classes for users. */
  static final List<String> MODULES = List.of("scalable-core", "scalable-testkit");

  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Map<String, List<PublicType>> READ = new HashMap<>();

  private Sources() {}

  /**
   * The types that users of a module can name, in order of their names.
   *
   * @param module folder of the module
   */
  static synchronized List<PublicType> publicTypes(String module) {
    return READ.computeIfAbsent(module, Sources::read);
  }

  /** Those of all modules. */
  static List<PublicType> publicTypes() {
    return MODULES.stream().flatMap(module -> publicTypes(module).stream()).toList();
  }

  private static List<PublicType> read(String module) {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        Stream<Path> all = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
      files.setLocationFromPaths(StandardLocation.CLASS_PATH,
          Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of).toList());
      List<Path> sources = all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
      Reader reader = new Reader();
      JavaCompiler.CompilationTask task = javac.getTask(null, files, said -> {}, List.of("-proc:only"), null,
          files.getJavaFileObjectsFromPaths(sources));
      task.setProcessors(List.of(reader));
      task.call();
      return reader.types.stream().sorted(Comparator.comparing(PublicType::qualifiedName)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("The sources of " + module + " could not be read", e);
    }
  }

  /** Is called once javac knows all declarations, before it looks into bodies. */
  private static final class Reader extends AbstractProcessor {

    private final List<PublicType> types = new ArrayList<>();

    @Override
    public Set<String> getSupportedAnnotationTypes() {
      return Set.of("*");
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      Declarations declarations = new Declarations(processingEnv.getElementUtils());
      ElementFilter.typesIn(round.getRootElements()).forEach(type -> add(type, declarations));
      return false;
    }

    private void add(TypeElement type, Declarations declarations) {
      if (Declarations.isOpen(type) && type.getKind() != ElementKind.OTHER) {
        types.add(declarations.of(type));
        ElementFilter.typesIn(type.getEnclosedElements()).forEach(nested -> add(nested, declarations));
      }
    }
  }
}
