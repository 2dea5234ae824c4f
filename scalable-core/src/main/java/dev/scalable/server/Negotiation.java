package dev.scalable.server;

import dev.scalable.http.Method;
import dev.scalable.http.Problem;
import dev.scalable.http.Route;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a client sends and accepts, against what a route takes and answers with (RFC 9110 sections 8.3 and 12.5.1). */
final class Negotiation {

  /** A weight of nothing. Made once: a client may send thousands of parameters. */
  private static final Pattern NONE = Pattern.compile("q\\s*=\\s*0(\\.0*)?");

  private Negotiation() {}

  /**
   * Refuses a client that sends what a route does not take, or excludes all it answers with.
   *
   * @throws Problem 415 if the route binds JSON and the request has a body that it does not call JSON, or that is coded
   * @throws Problem 406 if the request has {@code Accept}, and the route says what it produces, and the one has none of
   *     the other
   */
  static void check(Route route, HttpServerExchange exchange) {
    if (route.action() instanceof Route.Action.CallWithBody<?>) {
      checkBody(route, exchange);
    }
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

  private static void checkBody(Route route, HttpServerExchange exchange) {
    String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    // A browser asks nobody before it sends a body without a type for a page of another origin, with cookies and all.
    if (type == null ? !exchange.isRequestComplete() : !json(type)) {
      throw Problem.of(415, "Unsupported Media Type", "The body must be application/json, and it "
          + (type == null ? "does not say what it is" : "is " + type))
          .header(taken(route.method()), "application/json");
    }
    HeaderValues codings = exchange.getRequestHeaders().get(Headers.CONTENT_ENCODING);
    if (codings != null && !codings.stream().allMatch("identity"::equalsIgnoreCase)) {
      // RFC 9110 section 15.5.16: this header is how it is told from a wrong type.
      throw Problem.of(415, "Unsupported Media Type", "The body must have no coding, and it has "
          + String.join(", ", codings)).header("Accept-Encoding", "identity");
    }
  }

  /**
   * The header that says what a method takes: RFC 5789 section 3.1, W3C Linked Data Platform 7.1, RFC 9110 section
   * 15.5.16.
   */
  private static String taken(Method method) {
    return switch (method) {
      case PATCH -> "Accept-Patch";
      case POST -> "Accept-Post";
      default -> "Accept";
    };
  }

  private static boolean json(String contentType) {
    int semicolon = contentType.indexOf(';');
    String type = (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    return type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"));
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
      if (NONE.matcher(parts[i].strip()).matches()) {
        return true;
      }
    }
    return false;
  }
}
