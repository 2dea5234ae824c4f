package dev.scalable.http;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a request belongs to (W3C Trace Context, level 1). A request that brings none, or one that is malformed, begins
 * one. This library records no spans, it only hands the trace on: hence a trace that begins here is not sampled.
 *
 * <p>Anybody may send a trace id: it names, and nothing is to be granted for it.
 *
 * @param traceId 32 hexadecimal digits in lower case, not all zero
 * @param parentId id of the caller's span, 16 hexadecimal digits; empty where the trace begins
 * @param sampled whether the caller may have recorded its part
 * @param state value of {@code tracestate}, to be sent along unchanged with {@link #traceparent()}; empty when there is none
 */
public record Trace(String traceId, String parentId, boolean sampled, String state) {

  /** Of version 00: {@code 00-}, 32 digits, a hyphen, 16 digits, a hyphen, 2 digits. */
  private static final int LENGTH = 55;

  /** A trace that begins here. */
  public static Trace begin() {
    return new Trace(random().concat(random()), "", false, "");
  }

  /**
   * The trace of a traceparent header (section 3.2). Of a version that is not known, the part that version 00 has is read.
   *
   * @param traceparent value of the header
   * @param tracestate value of the header {@code tracestate}; empty when there is none
   * @return the trace; empty if the value is malformed, and then the tracestate is of no use either
   */
  public static Optional<Trace> parse(String traceparent, String tracestate) {
    return Optional.ofNullable(parsed(traceparent, tracestate));
  }

  private static @Nullable Trace parsed(String text, String tracestate) {
    int length = text.length();
    if (length < LENGTH || !hex(text, 0, 2) || text.charAt(2) != '-' || !hex(text, 3, 35) || text.charAt(35) != '-'
        || !hex(text, 36, 52) || text.charAt(52) != '-' || !hex(text, 53, LENGTH)) {
      return null;
    }
    // Version ff is forbidden, 00 ends here, and a later one may go on after another hyphen.
    boolean first = text.startsWith("00");
    if (text.startsWith("ff") || (first && length > LENGTH) || (length > LENGTH && text.charAt(LENGTH) != '-')
        || zero(text, 3, 35) || zero(text, 36, 52)) {
      return null;
    }
    boolean sampled = (Character.digit(text.charAt(54), 16) & 1) == 1;
    return new Trace(text.substring(3, 35), text.substring(36, 52), sampled, tracestate);
  }

  /** The value of {@code traceparent} for one call to another service: this trace, with an id of that call's own. */
  public String traceparent() {
    return "00-" + traceId + "-" + random() + (sampled ? "-01" : "-00");
  }

  /** Only lower case is valid. */
  private static boolean hex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean zero(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }

  /** 16 random digits, not all zero. */
  private static String random() {
    long bits = ThreadLocalRandom.current().nextLong();
    return bits == 0 ? random() : HexFormat.of().toHexDigits(bits);
  }
}
