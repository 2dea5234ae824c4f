package dev.scalable.deploy.kubernetes;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and amounts as Kubernetes and Nginx write them. */
final class Spans {

  private static final Pattern SPAN = Pattern.compile("(\\d+)(ms|s|m|h)?");
  private static final Pattern BYTES = Pattern.compile("(?i)(\\d+)(mi|gi|mb|gb)");

  private Spans() {}

  /** A time with one unit; seconds where it has none. */
  static Duration duration(String text) {
    Matcher span = SPAN.matcher(text);
    if (!span.matches()) {
      throw new IllegalArgumentException("not a time: " + text);
    }
    long number = Long.parseLong(span.group(1));
    return switch (Optional.ofNullable(span.group(2)).orElse("s")) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofSeconds(number);
    };
  }

  /** Mebibytes of an amount such as {@code 384Mi} or {@code 256mb}. */
  static long mebibytes(String text) {
    Matcher bytes = BYTES.matcher(text);
    if (!bytes.matches()) {
      throw new IllegalArgumentException("not an amount of memory: " + text);
    }
    return Long.parseLong(bytes.group(1)) * (bytes.group(2).toLowerCase(Locale.ROOT).startsWith("g") ? 1024
        : 1);
  }
}
