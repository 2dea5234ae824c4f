package dev.scalable.server;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** The identity of a request, taken from the proxy where it is sane, else made here. */
final class RequestIds {

  static final HttpString HEADER = HttpString.tryFromString("X-Request-Id");

  private RequestIds() {}

  /** The id of a request; the same rule as in the proxy's configuration: 8 to 64 of {@code A-Za-z0-9._-}. */
  static String of(HttpServerExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst(HEADER);
    return given != null && sane(given) ? given : random();
  }

  private static boolean sane(String id) {
    if (id.length() < 8 || id.length() > 64) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  /** 128 random bits in hexadecimal, as Nginx makes its own. They name a request; nothing trusts them. */
  private static String random() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(random.nextLong()).concat(hex.toHexDigits(random.nextLong()));
  }
}
