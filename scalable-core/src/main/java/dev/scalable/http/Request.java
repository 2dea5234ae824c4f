package dev.scalable.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One request, as a handler sees it. It has no session and no attributes: what a handler needs to remember belongs into
 * the database or the cache, which all instances share.
 *
 * <p>Valid only during the call it was passed to, and meant for that call's thread.
 */
public interface Request {

  /** The method; {@link Method#GET} also where a HEAD request is answered by a GET route. */
  Method method();

  /**
   * The path, not decoded and without the query, for example {@code /products/7}, in the one spelling that its address
   * has (RFC 3986 section 6.2.2): no escapes of letters, digits and other characters that need none, and capital digits
   * in all other escapes. A filter that compares it cannot be passed by {@code /%61dmin}.
   */
  String path();

  /**
   * The template of the route that matched, for example {@code /products/{id}}; empty in a filter that sees a request
   * which no route was found for.
   */
  String route();

  /**
   * The identity of this request: the client's or the proxy's {@code X-Request-Id} where that is sane, else made here.
   */
  String id();

  /** The other end, as far as trusted proxies tell. */
  Client client();

  /** The trace that this request belongs to; {@link Trace#traceparent()} hands it on. */
  Trace trace();

  /**
   * A path parameter, decoded once.
   *
   * @param name a name that stands in the route's template in braces
   * @return the value; empty only of a parameter that takes the rest of the path, where nothing is left
   * @throws IllegalArgumentException if the template has no such parameter, a mistake in the program
   */
  String path(String name);

  /**
   * A path parameter as a whole number.
   *
   * @param name a name that stands in the route's template in braces
   * @return the number
   * @throws Problem 404 if the value is not one: no resource has such an address
   */
  long pathLong(String name);

  /**
   * A path parameter as a UUID (RFC 9562).
   *
   * @param name a name that stands in the route's template in braces
   * @return the UUID
   * @throws Problem 404 if the value is not one: no resource has such an address
   */
  UUID pathUuid(String name);

  /**
   * The first value of a query parameter, decoded once, with {@code +} read as a space.
   *
   * @param name name of the parameter
   * @return the value, which may be the empty text; empty when the parameter is absent
   * @throws Problem 400 if the query is not well-formed
   */
  Optional<String> query(String name);

  /**
   * A query parameter as a whole number within bounds.
   *
   * @param name name of the parameter
   * @param orElse the answer when the parameter is absent
   * @param min least number accepted
   * @param max greatest number accepted
   * @return the number
   * @throws Problem 400 if the value is not a whole number or out of bounds
   */
  long queryLong(String name, long orElse, long min, long max);

  /** The query as it was sent, not decoded and without the question mark; empty when there is none. */
  String query();

  /**
   * The value of a header; of one that was sent on several lines, the first. A header that is no list (RFC 9110 section
   * 5.3), such as {@code Authorization}, {@code Content-Type} or {@code Idempotency-Key}, was sent once: a request that
   * repeats one is answered 400 before anybody sees it. A request for HEAD has no {@code Range} (section 14.2).
   *
   * @param name name of the header, in any case
   * @return the value; empty when the header is absent
   */
  Optional<String> header(String name);

  /**
   * The values of a header on all of its lines, in their order: {@code If-Match}, {@code Accept}, {@code
   * X-Forwarded-For} and other lists may be spread over several, which together are one list (RFC 9110 section 5.3).
   * They are not split at commas.
   *
   * @param name name of the header, in any case
   * @return one value for each line; empty when the header is absent; cannot be changed
   */
  List<String> headers(String name);

  /**
   * Refuses a change of a version other than the client has seen: for a handler that is about to change or delete
   * something, in the transaction in which it does (RFC 9110 section 13.1). A request that names no version passes.
   *
   * @param current the version there is now; null when there is nothing
   * @throws Problem 412 if {@code If-Match} does not have it exactly, or {@code If-None-Match} has it
   */
  default void checkVersion(@Nullable EntityTag current) {
    List<String> matches = headers("If-Match");
    List<String> others = headers("If-None-Match");
    boolean lost = !matches.isEmpty() && (current == null || !current.isExactlyIn(String.join(", ", matches)));
    if (lost || (!others.isEmpty() && current != null && current.isIn(String.join(", ", others)))) {
      throw Problem.of(412, "Precondition Failed", "There is another version here than the one asked for"
          + (current == null ? ": none" : ": " + current));
    }
  }

  /**
   * As {@link #checkVersion}, for what must not be changed by one who has not seen it.
   *
   * @param current the version there is now; null when there is nothing
   * @throws Problem 428 if the request has no {@code If-Match} (RFC 6585 section 3), else as {@link #checkVersion}
   */
  default void requireVersion(@Nullable EntityTag current) {
    if (header("If-Match").isEmpty()) {
      throw Problem.of(428, "Precondition Required", "Say by If-Match which version this is meant for");
    }
    checkVersion(current);
  }

  /**
   * The body as it was sent; of length 0 when there was none, or when the route has it as a stream. The array is not
   * copied: do not change it.
   */
  byte[] body();

  /** What is left of the time in which this request must be answered; zero when it is over, never negative. */
  Duration remaining();

  /**
   * Who asks.
   *
   * @throws Problem 401 if no filter of this route has found out
   */
  Principal principal();

  /**
   * This request, asked by somebody who is known. For filters, which hand it to the rest of their chain.
   *
   * @param principal who asks
   */
  Request as(Principal principal);
}
