package dev.scalable.browser;

import dev.scalable.http.Filter;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Headers that make browsers careful with what this service answers. A header that a handler has set itself is left as
 * it is. Immutable; {@code with}-methods return a copy. Never blocks.
 */
public final class SecurityHeaders implements Filter {

  private final List<Response.Header> headers;

  private SecurityHeaders(List<Response.Header> headers) {
    this.headers = headers;
  }

  /**
   * What harms no service: content is what its type says ({@code X-Content-Type-Options: nosniff}), no page shows it in
   * a frame ({@code X-Frame-Options: DENY}), and its address is not told to others ({@code Referrer-Policy:
   * no-referrer}).
   */
  public static SecurityHeaders standard() {
    return new SecurityHeaders(List.of(
        new Response.Header("X-Content-Type-Options", "nosniff"),
        new Response.Header("X-Frame-Options", "DENY"),
        new Response.Header("Referrer-Policy", "no-referrer")));
  }

  /**
   * Also tells what a page may load and who may frame it.
   *
   * @param policy value of Content-Security-Policy (CSP level 3); for a service that answers no pages,
   *     {@code default-src 'none'; frame-ancestors 'none'}
   */
  public SecurityHeaders withContentSecurityPolicy(String policy) {
    return and("Content-Security-Policy", policy);
  }

  /**
   * Also tells that this host is to be reached by TLS alone (RFC 6797). Browsers remember it, and then refuse the host
   * without TLS, whatever it answers: say so only where TLS is there to stay. It is not said of subdomains.
   *
   * @param remembered how long browsers keep to it
   */
  public SecurityHeaders withStrictTransportSecurity(Duration remembered) {
    return and("Strict-Transport-Security", "max-age=" + remembered.toSeconds());
  }

  private SecurityHeaders and(String name, String value) {
    List<Response.Header> more = new ArrayList<>(headers);
    more.add(new Response.Header(name, value));
    return new SecurityHeaders(List.copyOf(more));
  }

  @Override
  public boolean blocks() {
    return false;
  }

  @Override
  public Response apply(Request request, Next next) {
    Response response = next.proceed(request);
    List<Response.Header> all = new ArrayList<>(response.headers());
    for (Response.Header header : headers) {
      if (response.headers().stream().noneMatch(set -> set.name().equalsIgnoreCase(header.name()))) {
        all.add(header);
      }
    }
    return new Response(response.status(), all, response.body());
  }
}
