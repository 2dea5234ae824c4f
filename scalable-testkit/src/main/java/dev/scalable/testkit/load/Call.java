package dev.scalable.testkit.load;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, ready to be sent. Immutable.
 *
 * <p>The path is sent as it stands, from {@code /} on, with its query, so it must be percent-encoded. Host,
 * Content-Length and X-Request-Id are added by the client; a Host or X-Request-Id set here wins.
 */
public final class Call {
  private static final byte[] NO_BODY = {};
  private static final Map.Entry<String, String> JSON = Map.entry("Content-Type", "application/json");

  private final String method;
  private final String path;
  private final List<Map.Entry<String, String>> headers;
  private final byte[] body;

  private Call(String method, String path, List<Map.Entry<String, String>> headers, byte[] body) {
    this.method = method;
    this.path = path;
    this.headers = headers;
    this.body = body;
  }

  /** Returns a GET of a path. */
  public static Call get(String path) {
    return of("GET", path);
  }

  /** Returns a DELETE of a path. */
  public static Call delete(String path) {
    return of("DELETE", path);
  }

  /** Returns a POST of a JSON text. */
  public static Call post(String path, String json) {
    return json("POST", path, json);
  }

  /** Returns a PUT of a JSON text. */
  public static Call put(String path, String json) {
    return json("PUT", path, json);
  }

  /**
   * Returns a request of any method, without body.
   *
   * @throws IllegalArgumentException if the method or path cannot stand in a request line
   */
  public static Call of(String method, String path) {
    return checked(method, path, List.of(), NO_BODY);
  }

  /** Returns a request of any method with a JSON text as body. */
  public static Call json(String method, String path, String json) {
    return checked(method, path, List.of(JSON), json.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns this request with one more header.
   *
   * @throws IllegalArgumentException if it cannot stand in a request, or would break the framing
   */
  public Call header(String name, String value) {
    Wire.requireHeader(name, value);
    var more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new Call(method, path, List.copyOf(more), body);
  }

  /** Returns this request with a body that is not JSON. */
  public Call body(String contentType, byte[] bytes) {
    return new Call(method, path, headers, bytes.clone()).header("Content-Type", contentType);
  }

  private static Call checked(String method, String path, List<Map.Entry<String, String>> headers, byte[] body) {
    Wire.requireToken("method", method);
    Wire.requireTarget(path);
    return new Call(method, path, headers, body);
  }

  /** A request of parts that were checked before, so that a load checks a template once and not each request. */
  static Call unchecked(String method, String path, List<Map.Entry<String, String>> headers, byte[] body) {
    return new Call(method, path, headers, body);
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  List<Map.Entry<String, String>> headers() {
    return headers;
  }

  /** The first value of a header, whatever the case of its name. */
  @Nullable String first(String name) {
    for (var header : headers) {
      if (header.getKey().equalsIgnoreCase(name)) {
        return header.getValue();
      }
    }
    return null;
  }

  /** The bytes themselves: not to be changed. */
  byte[] body() {
    return body;
  }

  /** Returns the request line without the version. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
