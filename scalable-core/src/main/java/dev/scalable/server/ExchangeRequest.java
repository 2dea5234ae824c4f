package dev.scalable.server;

import dev.scalable.http.Client;
import dev.scalable.http.Method;
import dev.scalable.http.Principal;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import dev.scalable.http.Trace;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Methods;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A request read from the server's exchange. */
final class ExchangeRequest implements Request {

  private final HttpServerExchange exchange;
  private final Observed observed;
  private final String id;
  private final String path;
  private final Method method;
  private final String route;
  private final Map<String, String> parameters;
  private final byte[] body;
  private final long deadline;
  private final @Nullable Principal principal;

  private ExchangeRequest(HttpServerExchange exchange, String id, String path, Method method, String route,
      Map<String, String> parameters, byte[] body, long deadline, @Nullable Principal principal) {
    this.exchange = exchange;
    this.observed = Observed.of(exchange);
    this.id = id;
    this.path = path;
    this.method = method;
    this.route = route;
    this.parameters = parameters;
    this.body = body;
    this.deadline = deadline;
    this.principal = principal;
  }

  /** A request for a route that must be answered by {@code deadline}, in the time of {@link System#nanoTime()}. */
  static ExchangeRequest matched(HttpServerExchange exchange, String id, String path, RouteTable.Match match, byte[] body,
      long deadline) {
    return new ExchangeRequest(exchange, id, path, match.route().method(), match.route().template(), match.parameters(), body,
        deadline, null);
  }

  /** A request that is answered at once, without a route and its body unread. */
  static ExchangeRequest unmatched(HttpServerExchange exchange, String id, String path, Method method) {
    return new ExchangeRequest(exchange, id, path, method, "", Map.of(), new byte[0], System.nanoTime(), null);
  }

  @Override
  public Method method() {
    return method;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String route() {
    return route;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Client client() {
    return observed.client();
  }

  @Override
  public Trace trace() {
    return observed.trace();
  }

  @Override
  public String path(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "The route " + route() + " has no parameter " + name + ", only " + parameters.keySet());
    }
    return value;
  }

  @Override
  public long pathLong(String name) {
    String value = path(name);
    try {
      long number = Long.parseLong(value);
      // The parser also takes a plus sign, leading zeros and other scripts' digits, and so many addresses for one
      // resource.
      if (Long.toString(number).equals(value)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number of another form.
    }
    throw Problem.notFound("There is nothing at " + path + ": " + name + " is a whole number, and \"" + value + "\" is not");
  }

  @Override
  public UUID pathUuid(String name) {
    String value = path(name);
    try {
      UUID uuid = UUID.fromString(value);
      // The parser also takes shorter groups, and so many addresses for one resource.
      if (uuid.toString().equalsIgnoreCase(value)) {
        return uuid;
      }
    } catch (IllegalArgumentException e) {
      // Said below, as for a text of another form.
    }
    throw Problem.notFound("There is nothing at " + path + ": " + name + " is a UUID, and \"" + value + "\" is not");
  }

  @Override
  public String query() {
    return exchange.getQueryString();
  }

  @Override
  public Optional<String> query(String name) {
    String query = exchange.getQueryString();
    int from = 0;
    while (from < query.length()) {
      int ampersand = query.indexOf('&', from);
      int end = ampersand < 0 ? query.length() : ampersand;
      int equals = query.indexOf('=', from);
      int nameEnd = equals < 0 || equals > end ? end : equals;
      if (RawPath.decode(query.substring(from, nameEnd), true).equals(name)) {
        return Optional.of(RawPath.decode(query.substring(Math.min(nameEnd + 1, end), end), true));
      }
      from = end + 1;
    }
    return Optional.empty();
  }

  @Override
  public long queryLong(String name, long orElse, long min, long max) {
    Optional<String> value = query(name);
    if (value.isEmpty()) {
      return orElse;
    }
    try {
      long number = Long.parseLong(value.get());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that is out of bounds.
    }
    throw Problem.badRequest("The query parameter " + name + " is a whole number from " + min + " to " + max
        + ", and \"" + value.get() + "\" is not");
  }

  @Override
  public Optional<String> header(String name) {
    HeaderValues values = values(name);
    return values == null ? Optional.empty() : Optional.of(values.getFirst());
  }

  @Override
  public List<String> headers(String name) {
    HeaderValues values = values(name);
    return values == null ? List.of() : List.copyOf(values);
  }

  private @Nullable HeaderValues values(String name) {
    // RFC 9110 section 14.2: a part is of GET alone, and a GET route answers HEAD with the headers of the whole.
    if (name.equalsIgnoreCase("Range") && exchange.getRequestMethod().equals(Methods.HEAD)) {
      return null;
    }
    return exchange.getRequestHeaders().get(name);
  }

  @Override
  public byte[] body() {
    return body;
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  @Override
  public Principal principal() {
    if (principal == null) {
      // RFC 9110 section 11.6.1: a 401 says how to do better.
      throw Problem.of(401, "Unauthorized", "This request does not say who asks").header("WWW-Authenticate", "Bearer");
    }
    return principal;
  }

  @Override
  public Request as(Principal known) {
    return new ExchangeRequest(exchange, id, path, method, route, parameters, body, deadline, known);
  }
}
