package dev.scalable.testkit.load;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The final response to one request: status, headers and the whole body. Immutable, as long as its bytes are left
 * alone.
 */
public final class Answer {
  private final int status;
  private final HeaderBlock headers;
  private final byte[] body;

  Answer(int status, HeaderBlock headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** Returns the status code. */
  public int status() {
    return status;
  }

  /** Returns the first value of a header, whatever the case of its name; empty if the answer has none. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.first(name));
  }

  /** Returns all headers in order; names in any case find their values. */
  public Map<String, List<String>> headers() {
    var all = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, value) -> all.computeIfAbsent(name, key -> new ArrayList<>()).add(value));
    return all;
  }

  /** Returns the bytes of the body, without any transfer coding; empty if there is none. */
  public byte[] body() {
    return body;
  }

  /** Returns the body read as UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Whether the balancer made this answer itself, not an instance: it says so in {@code X-Error-Source: nginx}. */
  boolean fromBalancer() {
    return status >= 500 && "nginx".equalsIgnoreCase(headers.first("X-Error-Source"));
  }

  /** Returns status and body, the body cut after 200 characters. */
  @Override
  public String toString() {
    String text = text();
    return status + " " + (text.length() <= 200 ? text : text.substring(0, 200) + "...");
  }
}
