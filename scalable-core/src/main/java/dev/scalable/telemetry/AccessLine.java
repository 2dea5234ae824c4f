package dev.scalable.telemetry;

import dev.scalable.check.SharedState;
import dev.scalable.server.RequestObserver.Ended;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Writes requests as JSON objects, one on a line, in ASCII. Fields that Nginx has in its log (deploy-templates) have its names. For
 * one thread.
 */
@SharedState("the written form of the present second, made anew in the next")
final class AccessLine {

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private final String instance;

  /** A second and how it is written, up to the point before its fraction: consecutive lines mostly share it. */
  private long second = Long.MIN_VALUE;
  private String prefix = "";

  AccessLine(String instance) {
    StringBuilder written = new StringBuilder();
    text(written, "", instance);
    this.instance = written.toString();
  }

  /** Appends the line of a request, with the line break at its end. */
  void append(StringBuilder out, Ended request) {
    out.append("{\"time\":\"");
    time(out, request.at());
    // Made here or found to be of letters, digits and a few marks: to look at each character again is most of what a line costs.
    out.append("\",\"request_id\":\"").append(request.id());
    out.append("\",\"trace_id\":\"").append(request.traceId());
    out.append("\",\"remote_addr\":\"").append(request.client());
    text(out, "\",\"request_method\":\"", request.method());
    text(out, "\",\"route\":\"", request.route());
    text(out, "\",\"path\":\"", request.path());
    out.append("\",\"status\":").append(request.status());
    out.append(",\"body_bytes_sent\":").append(request.bytes());
    out.append(",\"duration_us\":").append(request.nanos() / 1_000);
    out.append(",\"instance\":\"").append(instance).append("\"}\n");
  }

  /** RFC 3339 in UTC, to the millisecond. */
  private void time(StringBuilder out, long millis) {
    long of = Math.floorDiv(millis, 1000);
    if (of != second) {
      second = of;
      String whole = Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
      prefix = whole.substring(0, whole.length() - 1);
    }
    int fraction = (int) Math.floorMod(millis, 1000L);
    out.append(prefix).append('.').append((char) ('0' + fraction / 100)).append((char) ('0' + fraction / 10 % 10))
        .append((char) ('0' + fraction % 10)).append('Z');
  }

  /** A text that a client may have made up must not end its own quotes, nor the line (RFC 8259 section 7). */
  private static void text(StringBuilder out, String before, String text) {
    out.append(before);
    int done = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        out.append(text, done, i).append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]).append(HEX[c >> 4 & 15])
            .append(HEX[c & 15]);
        done = i + 1;
      }
    }
    if (done == 0) {
      out.append(text);
    } else {
      out.append(text, done, text.length());
    }
  }
}
