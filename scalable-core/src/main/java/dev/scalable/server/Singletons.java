package dev.scalable.server;

import dev.scalable.http.Problem;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Headers whose value is no list, so that a request must have them once at most (RFC 9110 section 5.3). What a second
 * one means is read differently from server to server: by the first, by the last, or joined. {@code Host} and {@code
 * Content-Length} are refused by Undertow's parser in the same way.
 */
final class Singletons {

  private static final Set<HttpString> ONCE = Stream.of("Access-Control-Request-Method", "Authorization",
      "Content-Length", "Content-Location", "Content-Range", "Content-Type", "Date", "From", "Host", "Idempotency-Key",
      "If-Modified-Since", "If-Range", "If-Unmodified-Since", "Last-Event-ID", "Max-Forwards", "Origin",
      "Proxy-Authorization", "Range", "Referer", "User-Agent", "X-Request-Id")
      .map(HttpString::new).collect(Collectors.toUnmodifiableSet());

  private Singletons() {}

  /**
   * Refuses a request that has one of them twice, also if both say the same.
   *
   * @throws Problem 400 that names the header, and not its values
   */
  static void check(HeaderMap headers) {
    for (long at = headers.fastIterateNonEmpty(); at != -1; at = headers.fiNextNonEmpty(at)) {
      HeaderValues values = headers.fiCurrent(at);
      if (values.size() > 1 && ONCE.contains(values.getHeaderName())) {
        throw Problem.badRequest("The request has the header " + values.getHeaderName() + " " + values.size()
            + " times, and only one can be meant");
      }
    }
  }
}
