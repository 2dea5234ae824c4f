package dev.scalable.openapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.check.SharedState;
import dev.scalable.http.Description;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI 3.1 document of a service, made from its routes: method, path and its parameters, the record that is
 * read, and what {@link Route#describedAs} adds. Of the same routes it is the same text, in whatever order they are
 * given.
 *
 * <p>Records become JSON Schemas (2020-12) by their components, as the library's codec reads and writes them; a
 * component is required unless it is an {@code Optional} or annotated as nullable. Types that are none of the usual
 * ones are left open. What a record checks in its constructor, and annotations of a JSON library, are not seen.
 *
 * <p>Safe for use by many threads.
 */
@SharedState("the document, once it was made; it is the same at every instance")
public final class OpenApi {

  private final String title;
  private final String version;
  private final Supplier<? extends Collection<Route>> routes;

  /** Made when first asked for. Two threads may make it; it is the same. */
  private volatile @Nullable String made;

  private OpenApi(String title, String version, Supplier<? extends Collection<Route>> routes) {
    this.title = title;
    this.version = version;
    this.routes = routes;
  }

  /**
   * The document of some routes.
   *
   * @param title name of the service
   * @param version version of what it offers, for example {@code 1}
   * @param routes its routes; asked for when the document is, since the route that serves it may be among them
   */
  public static OpenApi of(String title, String version, Supplier<? extends Collection<Route>> routes) {
    return new OpenApi(title, version, routes);
  }

  /**
   * A route that answers the document.
   *
   * @param template its path, most often {@code /openapi.json}
   */
  public Route route(String template) {
    return Route.get(template, request -> new Response(200, List.of(),
            new Response.Body.Bytes("application/json", json().getBytes(UTF_8))))
        .describedAs(Description.of("This document").answering(200, Object.class));
  }

  /** The document, indented, with a line feed at its end. */
  public String json() {
    String known = made;
    if (known == null) {
      known = Indented.json(Document.of(title, version, List.copyOf(routes.get())));
      made = known;
    }
    return known;
  }

  /**
   * Holds a file that is kept with the sources against the document. For a test: a change of what the service offers is
   * then seen by who reviews it. If the file differs or is not there, it is written anew and the test fails, once.
   *
   * @param file the file, for example {@code openapi.json} in the module's folder
   * @throws AssertionError if the file was not the document
   * @throws IOException if the file can be neither read nor written
   */
  public void requireKeptIn(Path file) throws IOException {
    String kept = Files.exists(file) ? Files.readString(file) : "";
    if (!kept.equals(json())) {
      Files.writeString(file, json());
      throw new AssertionError(file.toAbsolutePath() + " was not what the routes offer" + firstDifference(kept, json())
          + ". It has been written anew: look at what has changed, and commit it");
    }
  }

  private static String firstDifference(String kept, String wanted) {
    List<String> before = kept.lines().toList();
    List<String> after = wanted.lines().toList();
    for (int i = 0; i < Math.min(before.size(), after.size()); i++) {
      if (!before.get(i).equals(after.get(i))) {
        return "; in line " + (i + 1) + " it had " + before.get(i).strip() + " for " + after.get(i).strip();
      }
    }
    return "; it had " + before.size() + " lines for " + after.size();
  }
}
