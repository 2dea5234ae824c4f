package dev.scalable.browser;

import dev.scalable.http.Filter;
import dev.scalable.http.Method;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lets pages of other origins call this service from a browser (the CORS protocol of the Fetch standard). Stands first
 * among the filters of all routes: a browser asks beforehand, by OPTIONS and without credentials, which a filter that
 * wants a token would refuse; and a failure of any filter must carry these headers, or the page cannot read it.
 *
 * <p>It keeps nobody out: a request from another origin is answered all the same, only the page does not see the
 * answer. Who may do what is told by tokens.
 *
 * <p>Immutable; {@code with}-methods return a copy. Never blocks.
 */
public final class Cors implements Filter {

  private static final String ANY = "*";

  private static final String METHODS = Arrays.stream(Method.values()).filter(method -> method != Method.OPTIONS)
      .map(Method::name).collect(Collectors.joining(", "));

  private static final Rules STANDARD = new Rules(
      List.of("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id"),
      List.of("ETag", "Idempotent-Replayed", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"), false,
      Duration.ofMinutes(10));

  private final Set<String> origins;
  private final Rules rules;

  /** What is permitted to the origins. */
  private record Rules(List<String> accepted, List<String> exposed, boolean credentials, Duration remembered) {}

  private Cors(Set<String> origins, Rules rules) {
    this.origins = origins;
    this.rules = rules;
  }

  /**
   * Some origins, each exactly as a browser names it; there are no patterns, since those are where the holes are.
   *
   * @param origins scheme, host and, where it is not the scheme's own, port: {@code https://shop.example}
   * @throws IllegalArgumentException for anything else; all that are wrong are named
   */
  public static Cors from(String... origins) {
    List<String> wrong = Stream.of(origins).filter(origin -> !isOrigin(origin)).toList();
    if (!wrong.isEmpty() || origins.length == 0) {
      throw new IllegalArgumentException("An origin is a scheme, a host and perhaps a port, in lower case and without "
          + "a path, such as https://shop.example; these are none: " + wrong);
    }
    return new Cors(Set.of(origins), STANDARD);
  }

  /** All origins, also those that have no name; without credentials. For what is public anyway. */
  public static Cors fromAnywhere() {
    return new Cors(Set.of(ANY), STANDARD);
  }

  private static boolean isOrigin(String text) {
    try {
      URI uri = new URI(text);
      String host = uri.getHost();
      return host != null && List.of("http", "https").contains(uri.getScheme()) && uri.getPort() != standardPort(uri)
          && text.equals(text.toLowerCase(Locale.ROOT))
          && text.equals(uri.getScheme() + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static int standardPort(URI uri) {
    return "http".equals(uri.getScheme()) ? 80 : 443;
  }

  /**
   * Also lets pages send cookies and client certificates. Tokens in a header do not need this.
   *
   * @throws IllegalStateException for all origins: any page could then act as its visitor
   */
  public Cors withCredentials() {
    if (origins.contains(ANY)) {
      throw new IllegalStateException("Credentials are for origins that are named, not for all");
    }
    return new Cors(origins, new Rules(rules.accepted, rules.exposed, true, rules.remembered));
  }

  /**
   * With other request headers than those that the library itself reads.
   *
   * @param names all headers that pages may send, besides those that browsers always permit
   */
  public Cors withRequestHeaders(String... names) {
    return new Cors(origins, new Rules(List.of(names), rules.exposed, rules.credentials, rules.remembered));
  }

  /**
   * With other response headers than those that the library itself sends.
   *
   * @param names all headers that pages may read, besides those that browsers always permit
   */
  public Cors withResponseHeaders(String... names) {
    return new Cors(origins, new Rules(rules.accepted, List.of(names), rules.credentials, rules.remembered));
  }

  @Override
  public boolean blocks() {
    return false;
  }

  @Override
  public Response apply(Request request, Next next) {
    Optional<String> origin = request.header("Origin");
    if (request.method() == Method.OPTIONS && origin.isPresent()
        && request.header("Access-Control-Request-Method").isPresent()) {
      return preflight(origin.get());
    }
    Response response = named(next.proceed(request), origin);
    return origin.filter(this::permits).isPresent() && !rules.exposed.isEmpty()
        ? response.header("Access-Control-Expose-Headers", String.join(", ", rules.exposed)) : response;
  }

  /** Answered here and for every path alike: what is at the path is for those to know who may. */
  private Response preflight(String origin) {
    Response response = named(Response.noContent(), Optional.of(origin))
        .header("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
    if (!permits(origin)) {
      return response;
    }
    response = response.header("Access-Control-Allow-Methods", METHODS)
        .header("Access-Control-Max-Age", Long.toString(rules.remembered.toSeconds()));
    return rules.accepted.isEmpty() ? response
        : response.header("Access-Control-Allow-Headers", String.join(", ", rules.accepted));
  }

  private boolean permits(String origin) {
    return origins.contains(ANY) || origins.contains(origin);
  }

  /**
   * Says to a permitted origin that it is, and to caches that others may get another answer, also where no origin was
   * named.
   */
  private Response named(Response response, Optional<String> origin) {
    if (origins.contains(ANY)) {
      return response.header("Access-Control-Allow-Origin", ANY);
    }
    Response varying = response.header("Vary", "Origin");
    if (origin.filter(origins::contains).isEmpty()) {
      return varying;
    }
    Response permitted = varying.header("Access-Control-Allow-Origin", origin.get());
    return rules.credentials ? permitted.header("Access-Control-Allow-Credentials", "true") : permitted;
  }
}
