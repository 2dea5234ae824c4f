package dev.scalable.openapi;

import dev.scalable.http.BodyType;
import dev.scalable.http.Description;
import dev.scalable.http.Method;
import dev.scalable.http.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An OpenAPI document (OpenAPI Specification 3.1.1 section 4.8) as maps and lists, in the order in which it is written.
 */
final class Document {

  private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");

  /** What a problem document has (RFC 9457, and our requestId), and may have more than. */
  private static final Map<String, Object> PROBLEM = ordered(
      "type", "object",
      "properties", ordered(
          "type", ordered("type", "string", "format", "uri-reference"),
          "title", ordered("type", "string"),
          "status", ordered("type", "integer", "minimum", 400, "maximum", 599),
          "detail", ordered("type", "string"),
          "requestId", ordered("type", "string")),
      "required", List.of("type", "title", "status", "detail", "requestId"));

  private static final String PROBLEM_NAME = "Problem";

  private final Schemas schemas;
  private boolean needsToken;

  private Document(Schemas schemas) {
    this.schemas = schemas;
  }

  /** The document of some routes. */
  static Map<String, Object> of(String title, String version, List<Route> routes) {
    // A path that goes on for any length, as that of files does, is none that OpenAPI can tell of (3.1.1, Path Templating).
    List<Route> sorted = routes.stream().filter(route -> !route.template().contains("...}"))
        .sorted(Comparator.comparing(Route::template).thenComparing(Route::method)).toList();
    // Names are short unless two records share one, which is known when all have been seen.
    Schemas seen = new Schemas(Shape::toString);
    new Document(seen).paths(sorted);
    return new Document(new Schemas(seen.shortNames(PROBLEM_NAME))).document(title, version, sorted);
  }

  private Map<String, Object> document(String title, String version, List<Route> routes) {
    Map<String, Object> document = ordered(
        "openapi", "3.1.1",
        "info", ordered("title", title, "version", version),
        "paths", paths(routes));
    Map<String, Object> components = new LinkedHashMap<>();
    Map<String, Object> all = new TreeMap<>(schemas.components());
    all.put(PROBLEM_NAME, PROBLEM);
    components.put("schemas", all);
    components.put("responses", ordered(PROBLEM_NAME, ordered(
        "description", "What went wrong (RFC 9457)",
        "content", content("application/problem+json", ordered("$ref", "#/components/schemas/" + PROBLEM_NAME)))));
    if (needsToken) {
      components.put("securitySchemes", ordered("bearer", ordered("type", "http", "scheme", "bearer")));
    }
    document.put("components", components);
    return document;
  }

  private Map<String, Object> paths(List<Route> routes) {
    Map<String, Object> paths = new LinkedHashMap<>();
    Map<String, Map<String, Object>> items = new LinkedHashMap<>();
    for (Route route : routes) {
      items.computeIfAbsent(route.template(), template -> new LinkedHashMap<>())
          .put(name(route.method()), operation(route));
    }
    paths.putAll(items);
    return paths;
  }

  private static String name(Method method) {
    return method.name().toLowerCase(Locale.ROOT);
  }

  private Map<String, Object> operation(Route route) {
    Description description = route.description().orElse(Description.of(""));
    Map<String, Object> operation = new LinkedHashMap<>();
    if (!description.summary().isEmpty()) {
      operation.put("summary", description.summary());
    }
    List<Object> parameters = parameters(route.template(), description);
    if (!parameters.isEmpty()) {
      operation.put("parameters", parameters);
    }
    if (route.action() instanceof Route.Action.CallWithBody<?> call) {
      operation.put("requestBody", ordered("required", true, "content", json(call.type())));
    }
    operation.put("responses", responses(description));
    description.scopes().ifPresent(scopes -> {
      needsToken = true;
      operation.put("security", List.of(ordered("bearer", scopes)));
    });
    return operation;
  }

  private List<Object> parameters(String template, Description description) {
    List<Object> parameters = new ArrayList<>();
    PARAMETER.matcher(template).results().forEach(found -> parameters.add(ordered(
        "name", found.group(1), "in", "path", "required", true, "schema", ordered("type", "string"))));
    for (Description.Query query : description.queries()) {
      parameters.add(ordered("name", query.name(), "in", "query", "description", query.text(),
          "schema", schemas.of(query.type())));
    }
    for (Description.Header header : description.headers()) {
      parameters.add(ordered("name", header.name(), "in", "header", "required", header.required(),
          "description", header.text(), "schema", ordered("type", "string")));
    }
    return parameters;
  }

  private Map<String, Object> responses(Description description) {
    Map<String, Object> responses = new TreeMap<>();
    if (description.answers().isEmpty()) {
      responses.put("2XX", ordered("description", "Success"));
    }
    for (Description.Answer answer : description.answers()) {
      Map<String, Object> response = ordered("description", phrase(answer.status()));
      answer.body().ifPresent(type -> response.put("content", json(type)));
      responses.put(Integer.toString(answer.status()), response);
    }
    for (Description.Failure failure : description.failures()) {
      responses.put(Integer.toString(failure.status()), ordered("description", failure.text(),
          "content", content("application/problem+json", ordered("$ref", "#/components/schemas/" + PROBLEM_NAME))));
    }
    responses.put("default", ordered("$ref", "#/components/responses/" + PROBLEM_NAME));
    return responses;
  }

  /** RFC 9110 section 15, of those that a handler answers when all is well. */
  private static String phrase(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 201 -> "Created";
      case 202 -> "Accepted";
      case 204 -> "No Content";
      case 206 -> "Partial Content";
      case 304 -> "Not Modified";
      default -> "Status " + status;
    };
  }

  private Map<String, Object> json(BodyType<?> type) {
    return content("application/json", schemas.of(type.type()));
  }

  private static Map<String, Object> content(String mediaType, Map<String, Object> schema) {
    return ordered(mediaType, ordered("schema", schema));
  }

  /** A map of names and values that keeps their order; may be changed. */
  static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
