package dev.scalable.server;

import dev.scalable.http.Client;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who a request is from, when proxies stand between.
 *
 * <p>Each proxy adds the address that it saw at the right end of {@code X-Forwarded-For}, so the list is true only from the right,
 * and only as far as the hops are our own: the walk begins at the connection's peer and goes left for as long as it stands at a
 * trusted proxy. Everything further left is what a client may have made up (MDN, "X-Forwarded-For", says the same at length).
 *
 * <p>The header {@code Forwarded} (RFC 7239) is not read. Its list has the same meaning and the same danger, our Nginx removes it, and
 * with two headers that say the same a client gets to fill in the one that a proxy forgot.
 */
final class Clients {

  private static final HttpString PROTO = HttpString.tryFromString("X-Forwarded-Proto");
  private static final HttpString HOST = HttpString.tryFromString("X-Forwarded-Host");

  private final TrustedProxies proxies;

  Clients(TrustedProxies proxies) {
    this.proxies = proxies;
  }

  /** Address, scheme and host. */
  Client of(HttpServerExchange exchange) {
    HeaderMap headers = exchange.getRequestHeaders();
    boolean believed = proxies.trust(peer(exchange));
    String scheme = believed ? scheme(last(headers.get(PROTO))) : null;
    String host = believed ? host(last(headers.get(HOST))) : null;
    return new Client(address(exchange), scheme != null ? scheme : exchange.getRequestScheme(),
        host != null ? host : exchange.getHostAndPort());
  }

  /** The address alone. */
  String address(HttpServerExchange exchange) {
    InetAddress hop = peer(exchange);
    if (hop == null) {
      return "";
    }
    HeaderValues lines = proxies.trust(hop) ? exchange.getRequestHeaders().get(Headers.X_FORWARDED_FOR) : null;
    return IpAddress.text(lines == null ? hop : walk(hop, lines));
  }

  private InetAddress walk(InetAddress from, HeaderValues lines) {
    InetAddress hop = from;
    // Several lines are one list (RFC 9110 section 5.3).
    for (int line = lines.size() - 1; line >= 0; line--) {
      String list = lines.get(line);
      int end = list.length();
      while (end >= 0) {
        int comma = list.lastIndexOf(',', end - 1);
        InetAddress next = IpAddress.parse(withoutPort(list.substring(comma + 1, end).strip()));
        if (next == null) {
          // A trusted proxy that hides whom it speaks for is the last one known.
          return hop;
        }
        hop = next;
        if (!proxies.trust(hop)) {
          return hop;
        }
        end = comma;
      }
    }
    return hop;
  }

  /** Some balancers write {@code 192.0.2.1:4711} and {@code [2001:db8::1]:4711}. */
  private static String withoutPort(String text) {
    if (text.startsWith("[")) {
      int bracket = text.indexOf(']');
      return bracket < 0 ? "" : text.substring(1, bracket);
    }
    int colon = text.indexOf(':');
    return colon >= 0 && colon == text.lastIndexOf(':') ? text.substring(0, colon) : text;
  }

  private static @Nullable InetAddress peer(HttpServerExchange exchange) {
    // Null for a connection that is closed by now.
    return exchange.getConnection().getPeerAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
  }

  /** The last value of a list: what the nearest proxy says, which is the one we know. */
  private static String last(@Nullable HeaderValues lines) {
    if (lines == null) {
      return "";
    }
    String line = lines.getLast();
    return line.substring(line.lastIndexOf(',') + 1).strip();
  }

  private static @Nullable String scheme(String text) {
    return text.equalsIgnoreCase("https") ? "https" : text.equalsIgnoreCase("http") ? "http" : null;
  }

  /** A name, an IPv4 address or an IPv6 address in brackets, perhaps with a port: what may stand in a link. */
  private static @Nullable String host(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-._:[]".indexOf(c) >= 0;
      if (!allowed) {
        return null;
      }
    }
    return text.isEmpty() || text.length() > 255 ? null : text;
  }
}
