package dev.scalable.config;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How settings are written: time spans, and URIs without what must not be shown. */
final class Notation {

  private static final String HOST = "[A-Za-z0-9._-]+(?::\\d{1,5})?";
  private static final Pattern HOSTS = Pattern.compile("(?:[^@]*@)?" + HOST + "(?:," + HOST + ")+");

  private Notation() {}

  /** Reads {@code 250ms}, {@code 8s}, {@code 5m}, {@code 1h} or ISO 8601; throws IllegalArgumentException for anything else. */
  static Duration parse(String text) {
    String value = text.toLowerCase(Locale.ROOT);
    try {
      if (value.startsWith("pt")) {
        return Duration.parse(text);
      }
      if (value.endsWith("ms")) {
        return Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)));
      }
      long number = Long.parseLong(value.substring(0, value.length() - 1));
      return switch (value.charAt(value.length() - 1)) {
        case 's' -> Duration.ofSeconds(number);
        case 'm' -> Duration.ofMinutes(number);
        case 'h' -> Duration.ofHours(number);
        default -> throw new IllegalArgumentException("no unit");
      };
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("not a time span: " + text, e);
    }
  }

  /** Writes a time span as {@link #parse} reads it. */
  static String format(Duration span) {
    if (span.toMillis() % 1000 != 0) {
      return span.toMillis() + "ms";
    }
    long seconds = span.toSeconds();
    return seconds == 0 || seconds % 60 != 0 ? seconds + "s" : seconds % 3600 != 0 ? seconds / 60 + "m" : seconds / 3600 + "h";
  }

  /** The URI's text with everything masked that may be a password: all before the last @, and query values named so. */
  static String withoutPassword(URI uri) {
    return uri.toString()
        .replaceAll("//.*@", "//****@")
        .replaceAll("(?i)([?&][^=&]*(password|secret|token|key)[^=&]*=)[^&]*", "$1****");
  }

  /** Whether the authority of a URI is several hosts, with ports or without, perhaps behind a user and password. */
  static boolean isHosts(@Nullable String authority) {
    return authority != null && HOSTS.matcher(authority).matches();
  }
}
