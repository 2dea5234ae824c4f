package dev.scalable.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.ScalableModule;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectWriter;

/** An app that was merged into one jar with the library and vendors: here one folder, which is the same to a class. */
class MergedJarTest {

  @TempDir
  private Path merged;

  @Test
  void a_vendors_fields_are_not_taken_for_the_apps() throws Exception {
    assertThat(start("""
        @Provides @IntoSet static Route x() {
          tools.jackson.databind.ObjectWriter writer = tools.jackson.databind.json.JsonMapper.shared().writer();
          return route(r -> Response.ok(writer.writeValueAsString("a")));
        }
        """)).hasMessageContaining(SampleApp.PASSED);
  }

  @Test
  void state_of_the_app_is_still_found() throws Exception {
    assertThat(start("""
        class Counter { final Map<String, String> values = new HashMap<>(); }
        @Provides @IntoSet static Route x() {
          Counter counter = new Counter();
          return route(r -> Response.ok(counter.values));
        }
        """)).hasMessageContaining("Shop.Counter.values: HashMap; it can be added to");
  }

  /** What the start throws. */
  private Throwable start(String body) throws IOException, URISyntaxException, ReflectiveOperationException {
    assertThat(Compiled.of(merged, "app.Shop", SampleApp.passes("merged", body).source()).errors()).isEmpty();
    List<Path> rest = new ArrayList<>(Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of).toList());
    for (Class<?> one : List.of(StatelessCheck.class, dagger.Component.class, ObjectWriter.class)) {
      Path place = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
      rest.remove(place);
      merge(place);
    }
    rest.addFirst(merged);
    URL[] urls = rest.stream().map(Path::toUri).map(MergedJarTest::url).toArray(URL[]::new);
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Class<?> module = loader.loadClass(ScalableModule.class.getName());
      Object settings = module.getMethod("with", Map.class).invoke(null, SampleApp.NOWHERE);
      Object service = loader.loadClass("app.Shop").getMethod("service", module).invoke(null, settings);
      service.getClass().getMethod("start").invoke(service);
      throw new AssertionError("started without a database");
    } catch (InvocationTargetException e) {
      return Objects.requireNonNull(e.getCause());
    }
  }

  private static URL url(URI uri) {
    try {
      return uri.toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  private void merge(Path place) throws IOException {
    if (Files.isDirectory(place)) {
      copy(place);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(place)) {
        copy(jar.getPath("/"));
      }
    }
  }

  private void copy(Path from) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = merged.resolve(from.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
