package dev.scalable.check;

import dagger.internal.codegen.ComponentProcessor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Sources compiled by javac with Dagger, whose service loader finds the check on the tests' class path as it finds it
 * on an app's processor path.
 *
 * @param errors what the compiler refuses; empty when it has compiled
 * @param folder where the classes are, as nobody else's are
 */
record Compiled(String errors, Path folder) {

  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
  /** One for all, since it opens every jar of the class path; so nothing here is for more than one thread. */
  private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

  static Compiled of(Path folder, String name, String source) {
    return with(List.of(new ComponentProcessor()), folder, name, source);
  }

  /** As by a build that has Dagger, but not the check, on its processor path. */
  static Compiled withoutCheck(Path folder, String name, String source) {
    return with(List.of(ComponentProcessor.withTestPlugins()), folder, name, source);
  }

  private static Compiled with(List<ComponentProcessor> processors, Path folder, String name, String source) {
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    try {
      FILES.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    JavaCompiler.CompilationTask task =
        COMPILER.getTask(null, FILES, diagnostics, List.of("-nowarn"), null, List.of(text(name, source)));
    task.setProcessors(processors);
    boolean compiled = task.call();
    String errors = diagnostics.getDiagnostics().stream().filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
        .map(each -> each.getMessage(Locale.ROOT)).collect(Collectors.joining("\n"));
    if (compiled != errors.isEmpty()) {
      throw new AssertionError("javac says " + compiled + ", but: " + errors);
    }
    return new Compiled(errors, folder);
  }

  private static JavaFileObject text(String name, String source) {
    URI uri = URI.create("string:///" + name.replace('.', '/') + ".java");
    return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  /** One of its classes, in a class loader of its own. */
  Class<?> load(String name) {
    try {
      URL[] urls = {folder.toUri().toURL()};
      return Class.forName(name, true, new URLClassLoader(urls, Compiled.class.getClassLoader()));
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(new IOException(e));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
