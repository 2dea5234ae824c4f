package dev.scalable.server;

import dev.scalable.http.Method;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A request read from the server's exchange. */
final class ExchangeRequest implements Request {

  private final HttpServerExchange exchange;
  private final String id;
  private final String path;
  private final RouteTable.Match match;
  private final byte[] body;
  private final long deadline;

  /** A request that must be answered by {@code deadline}, in the time of {@link System#nanoTime()}. */
  ExchangeRequest(HttpServerExchange exchange, String id, String path, RouteTable.Match match, byte[] body, long deadline) {
    this.exchange = exchange;
    this.id = id;
    this.path = path;
    this.match = match;
    this.body = body;
    this.deadline = deadline;
  }

  @Override
  public Method method() {
    return match.route().method();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String route() {
    return match.route().template();
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String path(String name) {
    Map<String, String> parameters = match.parameters();
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
      // The parser also takes a plus sign, leading zeros and other scripts' digits, and so many addresses for one resource.
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
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  @Override
  public byte[] body() {
    return body;
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }
}
