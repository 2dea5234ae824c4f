package dev.scalable.server;

import dev.scalable.http.Problem;
import dev.scalable.http.Route;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.List;
import java.util.Locale;

/** What a client accepts, against what a route answers with (RFC 9110 section 12.5.1). */
final class Negotiation {

  private Negotiation() {}

  /**
   * Refuses a client that excludes all a route answers with.
   *
   * @throws Problem 406 if the request has {@code Accept}, and the route says what it produces, and the one has none of the other
   */
  static void check(Route route, HttpServerExchange exchange) {
    if (route.produces().isEmpty()) {
      return;
    }
    HeaderValues accept = exchange.getRequestHeaders().get(Headers.ACCEPT);
    if (accept == null) {
      return;
    }
    String ranges = String.join(",", accept).toLowerCase(Locale.ROOT);
    if (!ranges.isBlank() && route.produces().stream().noneMatch(type -> accepts(ranges, type.toLowerCase(Locale.ROOT)))) {
      throw Problem.of(406, "Not Acceptable", "This is answered with " + String.join(", ", route.produces())
          + ", and the request accepts none of it").with("produces", List.copyOf(route.produces()));
    }
  }

  /** Whether the most specific range that a type is in does not exclude it. */
  private static boolean accepts(String ranges, String type) {
    int best = 0;
    boolean accepted = false;
    for (String element : ranges.split(",", -1)) {
      String[] parts = element.split(";", -1);
      String range = parts[0].strip();
      int specific = range.equals(type) ? 3
          : range.endsWith("/*") && type.startsWith(range.substring(0, range.length() - 1)) ? 2 : range.equals("*/*") ? 1 : 0;
      if (specific > best) {
        best = specific;
        accepted = !excluded(parts);
      }
    }
    return accepted;
  }

  private static boolean excluded(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].strip().matches("q\\s*=\\s*0(\\.0*)?")) {
        return true;
      }
    }
    return false;
  }
}
