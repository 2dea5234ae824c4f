package dev.scalable.ratelimit;

import dev.scalable.http.Client;
import dev.scalable.http.Filter;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A limit on how often, kept by all instances together. A filter, for one route, for several that then count together,
 * or for all. What is too often is answered 429 with {@code Retry-After} (RFC 6585 section 4) and not counted.
 *
 * <p>Immutable; methods return a copy. It asks Redis for each request, so it blocks: at most for what the settings of
 * Redis give to having a connection, making one and being answered. A request that Redis says nothing of is let in
 * uncounted, or answered 503, as the limit was told. While Redis is away, requests do not wait for it, but for the first
 * few and then one in a second.
 */
public final class RateLimit implements Filter {

  private static final Duration LONGEST = Duration.ofDays(366);

  private final Gcra gcra;
  private final Terms terms;

  private record Terms(String name, int count, Duration per, Key key, WhenAway whenAway, boolean headers) {}

  private RateLimit(Gcra gcra, Terms terms) {
    this.gcra = gcra;
    this.terms = terms;
  }

  static RateLimit of(Gcra gcra, String name, int count, Duration per) {
    if (count < 1 || per.compareTo(Duration.ofMillis(1)) < 0 || per.compareTo(LONGEST) > 0
        || per.toNanos() / 1_000 < count) {
      throw new IllegalArgumentException("Rate limit " + name + ": " + count + " in " + per + " is no limit that can "
          + "be kept; at least 1, in 1 ms to 366 days, and at most one in a microsecond");
    }
    return new RateLimit(gcra, new Terms(name, count, per, request -> "", WhenAway.OPEN, false));
  }

  /** What each limit does while Redis is away. */
  public enum WhenAway {
    /** Lets all in: for limits that keep the service from harm, which an outage of Redis must not do in their place. */
    OPEN,
    /** Lets none in, by 503: for limits that keep somebody out, such as one on guesses of a password. */
    CLOSED
  }

  /** Who is counted apart from whom. */
  @FunctionalInterface
  public interface Key {

    /**
     * Whom a request counts for.
     *
     * @param request the request
     * @return any text; of one text one count. Never null
     */
    String of(Request request);

    /** By the name of the principal, whom a filter before has found out; 401 if none has. */
    static Key principal() {
      return request -> request.principal().name();
    }

    /**
     * By the client's address, as trusted proxies tell it ({@link Client#address()}); of IPv6 by its first 64 bits,
     * since the other 64 are commonly the client's to choose.
     */
    static Key client() {
      return request -> network(request.client().address());
    }

    private static String network(String address) {
      if (address.indexOf(':') < 0) {
        return address;
      }
      try {
        // An address as the server writes it is looked up nowhere.
        return HexFormat.of().formatHex(InetAddress.getByName(address).getAddress(), 0, 8);
      } catch (UnknownHostException e) {
        throw new IllegalStateException("The server calls this an address, and it is none: " + address, e);
      }
    }

    /**
     * By the first value of a header; requests without it count together. Only for a header that the proxy sets or that
     * is checked before: who may choose its value is not limited.
     *
     * @param name name of the header
     */
    static Key header(String name) {
      return request -> request.header(name).map(value -> "=" + value).orElse("");
    }
  }

  /**
   * This limit for each key and not for everyone together.
   *
   * @param key who is counted apart from whom
   */
  public RateLimit by(Key key) {
    return new RateLimit(gcra, new Terms(terms.name, terms.count, terms.per, key, terms.whenAway, terms.headers));
  }

  /**
   * This limit with another conduct while Redis is away; without, it is {@link WhenAway#OPEN}.
   *
   * @param whenAway what it does
   */
  public RateLimit whenRedisIsAway(WhenAway whenAway) {
    return new RateLimit(gcra, new Terms(terms.name, terms.count, terms.per, terms.key, whenAway, terms.headers));
  }

  /**
   * This limit told to clients beforehand, on every answer, by the headers {@code RateLimit-Policy} and {@code
   * RateLimit} of draft-ietf-httpapi-ratelimit-headers-10. A draft, so they may change.
   */
  public RateLimit withHeaders() {
    return new RateLimit(gcra, new Terms(terms.name, terms.count, terms.per, terms.key, terms.whenAway, true));
  }

  @Override
  public Response apply(Request request, Next next) {
    Optional<Gcra.Verdict> counted = gcra.count(terms.key.of(request), terms.count, terms.per);
    if (counted.isEmpty()) {
      if (terms.whenAway == WhenAway.CLOSED) {
        throw Problem.unavailable("It cannot be told now how often this was asked for");
      }
      return next.proceed(request);
    }
    Gcra.Verdict verdict = counted.get();
    Response response = verdict.letIn() ? next.proceed(request)
        : refusal(verdict).response(request.id(), request.trace().traceId());
    return terms.headers ? response.header("RateLimit-Policy", policy()).header("RateLimit", state(verdict)) : response;
  }

  private Problem refusal(Gcra.Verdict verdict) {
    return Problem.of(429, "Too Many Requests",
            "More than " + terms.count + " in " + inWords(terms.per) + ", the limit \"" + terms.name + "\"")
        .header("Retry-After", Long.toString(seconds(verdict.retryAfter())));
  }

  private static String inWords(Duration per) {
    return per.toSeconds() < 1 ? per.toMillis() + " ms" : per.toSeconds() + " s";
  }

  private String policy() {
    return "\"" + terms.name + "\";q=" + terms.count + ";w=" + seconds(terms.per);
  }

  private String state(Gcra.Verdict verdict) {
    return "\"" + terms.name + "\";r=" + verdict.remaining() + ";t=" + seconds(verdict.reset());
  }

  /** Rounded up, so that who waits so long has waited long enough. */
  private static long seconds(Duration time) {
    return time.plusNanos(999_999_999).toSeconds();
  }
}
