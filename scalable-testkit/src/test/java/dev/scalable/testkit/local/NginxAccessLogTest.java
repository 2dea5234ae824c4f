package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The access log: one JSON object per request, whatever the request. */
class NginxAccessLogTest {

  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  @Test
  void every_line_is_strict_json_whatever_was_sent() throws IOException {
    List<String> hostile =
        List.of(
            "GET /\"},{\"status\":200,\"x\":\"",
            "GET /back\\slash\\",
            "GET /\\u0000\\n",
            "GET /%00%0a%0d%22",
            "GET /?q=\"<script>&a='\t",
            "GET /raw-utf-8-\u00c3\u00a9",
            "GET /no-utf-8-\u00ff\u00fe\u0080",
            "GET /control-\u0001\u001f",
            "GET /delete-\u007f",
            "GET /" + "\"\\".repeat(3_000),
            "B\"D /",
            "get /lower",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000 /tls",
            "GET");
    try (Upstream upstream = Upstream.answering();
        Nginx nginx = Nginx.before(upstream)) {
      for (String request : hostile) {
        try (Wire wire = nginx.connect()) {
          wire.send(request + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: \"},{\"a\":\"\r\n\r\n");
          wire.untilClosed();
        }
      }
      try (Wire wire = nginx.connect()) {
        wire.send("GET /http-0.9\r\n");
        wire.untilClosed();
      }
      List<JsonNode> lines = parse(nginx.accessLog(hostile.size() + 1));

      assertThat(lines).hasSize(hostile.size() + 1).allSatisfy(NginxAccessLogTest::assertWellFormed);
      assertThat(lines).extracting(line -> line.get("request_uri").asString())
          .contains("/back\\slash\\", "/\"},{\"status\":200,\"x\":\"", "(not ASCII)");
    }
  }

  @Test
  void each_attempt_at_an_instance_is_in_the_line() throws IOException {
    try (Upstream dying = Upstream.dyingOnEachRequest();
        Upstream living = Upstream.answering();
        Nginx nginx = Nginx.before(dying, living)) {
      nginx.ask("GET /retried?a=b", "X-Request-Id: request-4711");

      JsonNode line = parse(nginx.accessLog(1)).getFirst();
      assertThat(line.get("request_id").asString()).isEqualTo("request-4711");
      assertThat(line.get("request_method").asString()).isEqualTo("GET");
      assertThat(line.get("request_uri").asString()).isEqualTo("/retried?a=b");
      assertThat(line.get("status").asInt()).isEqualTo(200);
      assertThat(line.get("upstream_addr").asString())
          .isEqualTo("127.0.0.1:%d, 127.0.0.1:%d".formatted(dying.address().getPort(), living.address().getPort()));
      assertThat(line.get("upstream_status").asString()).isEqualTo("502, 200");
      assertThat(line.get("upstream_response_time").asString().split(", ")).hasSize(2);
    }
  }

  private static List<JsonNode> parse(byte[] log) throws CharacterCodingException {
    // A decoder reports what is not UTF-8; new String() would hide it.
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(log)).toString();
    return text.lines().map(STRICT::readTree).toList();
  }

  private static void assertWellFormed(JsonNode line) {
    assertThat(line.isObject()).isTrue();
    for (String number : List.of("msec", "status", "bytes_sent", "request_time", "connection", "connection_requests")) {
      assertThat(line.get(number).isNumber()).as(number).isTrue();
    }
    assertThat(line.get("remote_addr").asString()).isEqualTo("127.0.0.1");
    assertThat(line.get("request_id").asString()).matches("[0-9a-f]{32}");
  }
}
