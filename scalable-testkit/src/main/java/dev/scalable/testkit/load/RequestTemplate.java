package dev.scalable.testkit.load;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of a load have in common; each request is made from it afresh. Immutable. The suppliers are called
 * by all users at the same time, so they must be thread-safe, and cheap, since their time is not the system's.
 */
public final class RequestTemplate {
  private static final byte[] NO_BODY = {};

  private final String method;
  private final String path;
  private final @Nullable Supplier<?> pathValue;
  private final @Nullable Supplier<String> json;
  private final List<Map.Entry<String, String>> headers;
  private final boolean keyed;
  private final int weight;
  private final @Nullable Call fixed;

  private RequestTemplate(
      String method,
      String path,
      @Nullable Supplier<?> pathValue,
      @Nullable Supplier<String> json,
      List<Map.Entry<String, String>> headers,
      boolean keyed,
      int weight) {
    this.method = method;
    this.path = path;
    this.pathValue = pathValue;
    this.json = json;
    this.headers = List.copyOf(headers);
    this.keyed = keyed;
    this.weight = weight;
    this.fixed = pathValue == null && json == null && !keyed ? Call.unchecked(method, path, headers, NO_BODY) : null;
  }

  /** Returns the template of a GET of one path. */
  public static RequestTemplate get(String path) {
    return of("GET", path, null, null);
  }

  /**
   * Returns the template of GETs of a path with one {@code {placeholder}}, filled with a new value for each request.
   */
  public static RequestTemplate get(String path, Supplier<?> pathValue) {
    return of("GET", path, pathValue, null);
  }

  /** Returns the template of a HEAD of one path. */
  public static RequestTemplate head(String path) {
    return of("HEAD", path, null, null);
  }

  /** Returns the template of an OPTIONS of one path. */
  public static RequestTemplate options(String path) {
    return of("OPTIONS", path, null, null);
  }

  /** Returns the template of POSTs of a JSON text, asked for anew for each request. */
  public static RequestTemplate post(String path, Supplier<String> json) {
    return of("POST", path, null, json);
  }

  /** Returns the template of POSTs to a path with one {@code {placeholder}}. */
  public static RequestTemplate post(String path, Supplier<?> pathValue, Supplier<String> json) {
    return of("POST", path, pathValue, json);
  }

  /** Returns the template of PUTs of a JSON text, asked for anew for each request. */
  public static RequestTemplate put(String path, Supplier<String> json) {
    return of("PUT", path, null, json);
  }

  /** Returns the template of PUTs to a path with one {@code {placeholder}}. */
  public static RequestTemplate put(String path, Supplier<?> pathValue, Supplier<String> json) {
    return of("PUT", path, pathValue, json);
  }

  /** Returns the template of PATCHes with a JSON text, asked for anew for each request. */
  public static RequestTemplate patch(String path, Supplier<String> json) {
    return of("PATCH", path, null, json);
  }

  /** Returns the template of PATCHes to a path with one {@code {placeholder}}. */
  public static RequestTemplate patch(String path, Supplier<?> pathValue, Supplier<String> json) {
    return of("PATCH", path, pathValue, json);
  }

  /** Returns the template of a DELETE of one path. */
  public static RequestTemplate delete(String path) {
    return of("DELETE", path, null, null);
  }

  /** Returns the template of DELETEs of a path with one {@code {placeholder}}. */
  public static RequestTemplate delete(String path, Supplier<?> pathValue) {
    return of("DELETE", path, pathValue, null);
  }

  private static RequestTemplate of(
      String method, String path, @Nullable Supplier<?> pathValue, @Nullable Supplier<String> json) {
    int open = path.indexOf('{');
    boolean one = open >= 0 && path.indexOf('}') > open && path.indexOf('{', open + 1) < 0;
    if (pathValue != null && !one) {
      throw new IllegalArgumentException("a path that takes values has one {placeholder}, this is '" + path + "'");
    }
    Wire.requireTarget(path);
    if (pathValue == null && open >= 0) {
      throw new IllegalArgumentException("nothing fills the placeholder of '" + path + "': give a supplier of values");
    }
    return new RequestTemplate(method, path, pathValue, json, List.of(), false, 1);
  }

  /** Returns this template with one more header on every request. */
  public RequestTemplate header(String name, String value) {
    Wire.requireHeader(name, value);
    var more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new RequestTemplate(method, path, pathValue, json, more, keyed, weight);
  }

  /** Returns this template with a new {@code Idempotency-Key} on every request, a random UUID. */
  public RequestTemplate idempotencyKey() {
    return new RequestTemplate(method, path, pathValue, json, headers, true, weight);
  }

  /**
   * Returns this template with its share in a mix: of {@code a.weight(80)} and {@code b.weight(20)}, 80 of each 100
   * requests of a user are {@code a}.
   */
  public RequestTemplate weight(int share) {
    if (share < 1 || share > 1_000) {
      throw new IllegalArgumentException("a weight is between 1 and 1,000, this is " + share);
    }
    return new RequestTemplate(method, path, pathValue, json, headers, keyed, share);
  }

  String method() {
    return method;
  }

  int weight() {
    return weight;
  }

  String path() {
    return path;
  }

  /** A new random key. */
  static String newKey() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    // Version 4, variant 1 of RFC 9562, without the lock of a secure source: it has to be unique, not secret.
    return new UUID(
            (random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() & Long.MAX_VALUE >>> 1) | Long.MIN_VALUE)
        .toString();
  }

  /** Makes the next request; what a supplier throws is the caller's to report. */
  Call next() {
    Call same = fixed;
    return same != null ? same : make();
  }

  private Call make() {
    var all = new ArrayList<>(headers);
    if (keyed) {
      all.add(Map.entry("Idempotency-Key", newKey()));
    }
    if (json == null) {
      return Call.unchecked(method, filledPath(), all, NO_BODY);
    }
    all.add(Map.entry("Content-Type", "application/json"));
    return Call.unchecked(method, filledPath(), all, json.get().getBytes(StandardCharsets.UTF_8));
  }

  private String filledPath() {
    if (pathValue == null) {
      return path;
    }
    // A form encoder, made to fit a path segment: a plus would stand for itself there.
    String value = URLEncoder.encode(String.valueOf(pathValue.get()), StandardCharsets.UTF_8).replace("+", "%20");
    return path.substring(0, path.indexOf('{')) + value + path.substring(path.indexOf('}') + 1);
  }

  /** Returns method and path with its placeholder. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
