package dev.scalable.testkit.cluster;

import dev.scalable.testkit.cluster.AccessLogEntry.Attempt;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads lines of the access log as the shipped template writes them. Fields that it does not know, which a site may
 * have added, are passed over.
 *
 * <p>The variables of an upstream (nginx, ngx_http_upstream_module) list one value per attempt: a comma stands between
 * two servers, a colon between two groups of them, a hyphen for no value.
 */
final class AccessLogParser {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern BETWEEN_ATTEMPTS = Pattern.compile(", | : ");
  private static final String NONE = "-";

  private final Map<String, String> fields;

  private AccessLogParser(Map<String, String> fields) {
    this.fields = fields;
  }

  /**
   * The entry of a line.
   *
   * @param line in UTF-8, with or without its end
   * @throws IllegalArgumentException if it is not such a line; the message says what is wrong and does not repeat it
   */
  static AccessLogEntry parse(byte[] line) {
    AccessLogParser parsed = new AccessLogParser(fields(line));
    return new AccessLogEntry(
        Instant.ofEpochSecond(0, nanos(parsed.field("msec"))),
        parsed.field("request_id"),
        parsed.field("request_method"),
        parsed.field("request_uri"),
        Integer.parseInt(parsed.field("status")),
        Duration.ofNanos(nanos(parsed.field("request_time"))),
        parsed.attempts());
  }

  private static Map<String, String> fields(byte[] line) {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
      expect(parser.nextToken() == JsonToken.START_OBJECT, "it is no JSON object");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        expect(parser.nextToken().isScalarValue(), "the field " + name + " is no text and no number");
        fields.put(name, parser.getString());
      }
      expect(parser.nextToken() == null, "something follows the object");
      return fields;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("it is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private List<Attempt> attempts() {
    if (field("upstream_addr").isEmpty() || field("upstream_addr").equals(NONE)) {
      return List.of();
    }
    List<String> addresses = list("upstream_addr");
    List<String> statuses = list("upstream_status");
    List<String> connects = list("upstream_connect_time");
    List<String> headers = list("upstream_header_time");
    List<String> responses = list("upstream_response_time");
    for (List<String> each : List.of(statuses, connects, headers, responses)) {
      expect(each.size() == addresses.size(), "its lists of attempts differ in length: " + addresses + " and " + each);
    }
    List<Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      String status = statuses.get(i);
      attempts.add(new Attempt(
          addresses.get(i), status.equals(NONE) ? 0 : Integer.parseInt(status),
          time(connects.get(i)), time(headers.get(i)), time(responses.get(i))));
    }
    return attempts;
  }

  private List<String> list(String name) {
    return List.of(BETWEEN_ATTEMPTS.split(field(name), -1));
  }

  private String field(String name) {
    String value = fields.get(name);
    expect(value != null, "the field " + name + " is missing");
    return value == null ? "" : value;
  }

  private static @Nullable Duration time(String seconds) {
    return seconds.equals(NONE) ? null : Duration.ofNanos(nanos(seconds));
  }

  private static long nanos(String seconds) {
    return new BigDecimal(seconds).movePointRight(9).longValueExact();
  }

  private static void expect(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
