package dev.scalable.starter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * Writes the log for people, by a pattern, or for machines: one JSON object a line, in ASCII, with the names that the
 * access log has for the same things. {@link Logging} makes it, Logback calls it from any thread.
 */
public final class LogLines extends PatternLayoutEncoder {

  /** What the library calls what the access logs, and so the lines here, call otherwise. */
  private static final Map<String, String> NAMES = Map.of("requestId", "request_id", "traceId", "trace_id");

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private boolean json;

  /** Writes text until {@link #setFormat} says otherwise. */
  public LogLines() {}

  /** Takes {@code text} or {@code json}; anything else is text, and Logback tells of it at the start. */
  public void setFormat(String format) {
    json = format.equals("json");
    if (!json && !format.equals("text")) {
      addError("STARTER_LOG must be text or json, not \"" + format + "\"; the log is text now");
    }
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return json ? object(event) : super.encode(event);
  }

  private static byte[] object(ILoggingEvent event) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
    fields.put("level", event.getLevel().toString());
    fields.put("logger", event.getLoggerName());
    fields.put("thread", event.getThreadName());
    fields.put("message", event.getFormattedMessage());
    if (event.getThrowableProxy() != null) {
      fields.put("error", ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    // A line about a request has its identity in the thread's context or, where another thread tells of it, of its own.
    event.getMDCPropertyMap().forEach((name, value) -> add(fields, name, value));
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        add(fields, pair.key, pair.value);
      }
    }
    StringBuilder line = new StringBuilder(256);
    fields.forEach((name, value) -> {
      text(line.append(line.isEmpty() ? '{' : ','), name);
      text(line.append(':'), value);
    });
    return line.append("}\n").toString().getBytes(US_ASCII);
  }

  private static void add(Map<String, String> fields, String name, Object value) {
    fields.putIfAbsent(NAMES.getOrDefault(name, name), String.valueOf(value));
  }

  /** A text that a client may have made up must not end its own quotes, nor the line (RFC 8259 section 7). */
  private static void text(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        out.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]).append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
