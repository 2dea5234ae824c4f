package dev.scalable.server;

import dev.scalable.http.EntityTag;
import dev.scalable.http.Response;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code If-None-Match} on what has an entity tag (RFC 9110 section 13.1.2): a client that has this version already is spared its
 * body. The preconditions of changes are asked by their handlers, which alone know the version in time.
 */
final class Conditional {

  /** They describe a body, and a 304 has none. Content-Location stays (RFC 9110 section 15.4.5). */
  private static final Set<String> OF_THE_BODY = Set.of("content-type", "content-encoding", "content-language", "content-range");

  private Conditional() {}

  /** The answer, or 304 in its place. */
  static ResponseWriter.Encoded apply(HttpServerExchange exchange, ResponseWriter.Encoded encoded) {
    String seen = exchange.getRequestHeaders().getFirst(Headers.IF_NONE_MATCH);
    int status = encoded.response().status();
    HttpString method = exchange.getRequestMethod();
    if (seen == null || (status != 200 && status != 206) || !(method.equals(Methods.GET) || method.equals(Methods.HEAD))) {
      return encoded;
    }
    EntityTag tag = strong(tag(encoded.response()));
    if (tag == null || !tag.isIn(all(exchange))) {
      return encoded;
    }
    List<Response.Header> headers = encoded.response().headers().stream()
        .filter(header -> !OF_THE_BODY.contains(header.name().toLowerCase(Locale.ROOT))).toList();
    return new ResponseWriter.Encoded(new Response(304, headers, new Response.Body.None()), null, null);
  }

  /**
   * A weak tag, which only a handler's own header can have, is compared like a strong one. Null for a header that is
   * none at all, which equals nothing.
   */
  private static @Nullable EntityTag strong(@Nullable String header) {
    String tag = header == null ? "" : header.startsWith("W/") ? header.substring(2) : header;
    if (tag.length() < 3 || tag.charAt(0) != '"' || tag.charAt(tag.length() - 1) != '"') {
      return null;
    }
    try {
      return new EntityTag(tag.substring(1, tag.length() - 1));
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  /** The header may stand on several lines. */
  private static String all(HttpServerExchange exchange) {
    return String.join(", ", exchange.getRequestHeaders().get(Headers.IF_NONE_MATCH));
  }

  /** The value of the ETag header of a response; null if it has none. */
  static @Nullable String tag(Response response) {
    for (Response.Header header : response.headers()) {
      if (header.name().equalsIgnoreCase("ETag")) {
        return header.value();
      }
    }
    return null;
  }
}
