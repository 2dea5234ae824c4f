package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static dev.scalable.server.Wire.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import dev.scalable.http.JsonCodec;
import dev.scalable.http.Method;
import dev.scalable.http.Problem;
import dev.scalable.json.JsonModule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Sound requests, paths and JSON with a few random mutations each: whatever they have become, they are served or
 * refused, and never anything worse.
 *
 * <p>{@code -Dscalable.fuzz.cases=100000}, as the profile {@code full} has it, sets how many cases there are, and
 * {@code -Dscalable.fuzz.seed} repeats a run; a case that fails tells its bytes as a literal and the seed.
 */
class FuzzTest {

  private static final int CASES = Integer.getInteger("scalable.fuzz.cases", 3_000);
  private static final long SEED = Long.getLong("scalable.fuzz.seed", System.nanoTime());

  private static final int WIRE_CASES = CASES / 10;
  private static final int JSON_CASES = CASES * 3 / 10;
  private static final int PATH_CASES = CASES - WIRE_CASES - JSON_CASES;

  private static final int PATIENCE_MS = 2_000;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");

  private record Order(String name, int count, long total, double share, boolean gift, List<String> tags,
      @Nullable Map<String, Integer> stock) {}

  private static final List<String> REQUESTS = List.of(
      get("/echo/a%20b?c=d"),
      get("/query?a=%C3%A9&b=2", "Cookie: a=b; c=d", "Accept: application/json;q=0.5, */*"),
      get("/files/a/b.c/d", "X-Seen: yes", "If-None-Match: \"x\", W/\"y\"", "Range: bytes=0-1"),
      get("http://test/things/7", "X-Request-Id: 12345678", "X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1"),
      head("OPTIONS /items", "Origin: https://example.org"),
      head("DELETE /nowhere"),
      json("POST /items", "{\"name\":\"a\",\"count\":1}"),
      json("PUT /any", "{\"a\":[1,2.5,\"\\u00e9\",null,true,{\"b\":-1e3}]}"),
      head("POST /items", "Content-Type: application/json", "Transfer-Encoding: chunked")
          + "16\r\n{\"name\":\"a\",\"count\":1}\r\n0\r\n\r\n");

  private static final List<String> PATHS = List.of("/", "/echo/a%20b", "/things/7", "/files/a/b.c/d/", "/files/",
      "/items", "http://test/echo/%C3%A9", "https://test:8443/query", "/health/live", "/any", "*", "test:80");

  private static final List<String> DOCUMENTS = List.of(
      "{\"name\":\"caf\u00c3\u00a9 \\ud83d\\ude00\",\"count\":1,\"total\":-9223372036854775808,\"share\":0.5,"
          + "\"gift\":true,\"tags\":[\"a\",\"b\"],\"stock\":{\"x\":1}}",
      "{\"name\":\"\\\"\\\\\\/\\n\",\"count\":2147483647,\"total\":0,\"share\":1e-7,"
          + "\"gift\":false,\"tags\":[],\"stock\":null}",
      " {\n\"tags\" : [ ] ,\t\"gift\":false,\"share\":-0.0,\"total\":1,\"count\":0,\"name\":\"\"}\r\n");

  private static final List<String> WORDS = List.of("\r\n", "\n", "\r", "\0", " ", "\t", ":", "/", "//", "/../", "/./",
      "%2e%2e", "%2F", "%00", "%", "%zz", "%c0%af", "%ed%a0%80", "%C3%A9", ";", "?", "#", "*", "\\", "&",
      "=", "\u00ff", "\u00c3\u00a9",
      "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n", "Content-Length: 99999999999\r\n", "Host: b\r\n",
      "Expect: 100-continue\r\n", "Connection: close\r\n", "Connection: keep-alive, host\r\n", "Upgrade: h2c\r\n",
      "\r\n\r\n", "HTTP/1.0", "HTTP/1.9", "HTTP/2.0", "GET ", "TRACE ", "CONNECT ", "HEAD ", "0\r\n\r\n",
      "ffffffff", "-1",
      "{", "}", "[", "]",
      "[[[[[[[[[[[[[[[[", "\"", "\\u", "\\ud800", "\\udc00", "\\ud83d\\ude00", "1e999", "-1e999", "1e-999",
      "9223372036854775808", "NaN", "null", "true", ",", "\"name\":", "\"__proto__\":{}",
      "\u00ef\u00bb\u00bf", "\u00ed\u00a0\u0080", "\u00c0\u00ae", "\u007f", "\u0001");

  private static final List<Charset> OTHER_ENCODINGS =
      Stream.of("UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE").map(Charset::forName).toList();

  /** Mutations from a seed; the same again for the same seed and kind of cases. */
  private static final class Mutations {
    private final Random random;
    private final List<String> sound;

    Mutations(String kind, List<String> sound) {
      this.random = new Random(SEED ^ kind.hashCode());
      this.sound = sound;
      System.out.println("fuzzing " + kind + " with -Dscalable.fuzz.seed=" + SEED);
    }

    /** One of the sound texts, each character a byte, after one to four mutations. */
    String next() {
      StringBuilder text = new StringBuilder(any(sound));
      for (int left = 1 + random.nextInt(4); left > 0; left--) {
        mutate(text);
      }
      return text.toString();
    }

    boolean oneIn(int times) {
      return random.nextInt(times) == 0;
    }

    <T> T any(List<T> all) {
      return all.get(random.nextInt(all.size()));
    }

    private void mutate(StringBuilder text) {
      int at = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), at + 1 + random.nextInt(8));
      switch (random.nextInt(7)) {
        case 0 -> text.insert(at, (char) random.nextInt(256));
        case 1 -> text.delete(at, to);
        case 2 -> text.insert(at, text.substring(at, to).repeat(1 + random.nextInt(300)));
        case 3 -> text.replace(at, to, any(WORDS));
        case 4 -> text.setLength(at);
        case 5 -> text.insert(at, any(sound));
        default -> text.insert(at, any(WORDS));
      }
    }
  }

  @Test
  void no_path_makes_the_router_throw_anything_but_a_problem() {
    RouteTable table = RouteTable.of(ProbedApp.routes(), List.of(), List.of());
    Mutations mutations = new Mutations("paths", PATHS);
    int found = 0;
    for (int i = 0; i < PATH_CASES; i++) {
      String target = mutations.next();
      try {
        String path = RawPath.of(target);
        assertThat(table.allowed(path)).contains("OPTIONS");
        RouteTable.Match match = table.find(mutations.any(List.of(Method.values())), path);
        found++;
        assertThat(match.parameters().values()).allSatisfy(FuzzTest::is_one_clear_text);
        assertThat(match.parameters()).allSatisfy((name, value) -> {
          if (!name.equals("path")) {
            assertThat(value).doesNotContain("/").isNotEmpty();
          }
        });
      } catch (Problem problem) {
        assertThat(problem.status()).as("of %s", literal(target)).isIn(400, 404, 405, 414);
      } catch (RuntimeException | AssertionError e) {
        fail("the path " + literal(target) + " with the seed " + SEED, e);
      }
    }
    assertThat(found).as("paths that a route has").isGreaterThan(PATH_CASES / 200);
  }

  private static void is_one_clear_text(String value) {
    assertThat(value.split("/", -1)).doesNotContain(".", "..");
    assertThat(value.chars()).noneMatch(c -> c < ' ' || c == 127 || c == '\\');
  }

  @Test
  void no_bytes_make_the_codec_throw_anything_but_malformed() {
    JsonCodec codec = JsonModule.jsonCodec();
    Mutations mutations = new Mutations("JSON", DOCUMENTS);
    int read = 0;
    for (int i = 0; i < JSON_CASES; i++) {
      String text = mutations.next();
      byte[] json = text.getBytes(mutations.oneIn(20) ? mutations.any(OTHER_ENCODINGS) : ISO_8859_1);
      for (Class<?> type : List.of(Order.class, Object.class)) {
        try {
          Object value = codec.decode(json, type);
          read++;
          assertThat(codec.decode(codec.encode(value), type)).as("written and read again").isEqualTo(value);
        } catch (JsonCodec.Malformed e) {
          assertThat(e.getMessage()).as("of %s", literal(new String(json, ISO_8859_1)))
              .doesNotContain("dev.scalable", "jackson");
        } catch (Exception | Error e) {
          fail("the JSON " + literal(new String(json, ISO_8859_1)) + " as " + type + " with the seed " + SEED, e);
        }
      }
    }
    assertThat(read).as("documents that could be read").isGreaterThan(JSON_CASES / 50);
  }

  @Test
  void no_request_makes_the_server_fail_or_hang() throws Exception {
    ServerSettings settings = TestServer.settings(TestServer.threads());
    try (TestServer server = TestServer.start(settings, ProbedApp.routes())) {
      Mutations mutations = new Mutations("requests", REQUESTS);
      int answered = 0;
      for (int i = 0; i < WIRE_CASES; i++) {
        String request = mutations.next();
        try {
          List<Integer> statuses =
              STATUS.matcher(answers(server.port(), request)).results().map(FuzzTest::status).toList();
          answered += statuses.isEmpty() ? 0 : 1;
          assertThat(statuses).allMatch(status -> status < 500 || Set.of(501, 505).contains(status));
          if (i % 100 == 0) {
            still_answers(server);
          }
        } catch (IOException | AssertionError e) {
          fail("the request " + literal(request) + " with the seed " + SEED, e);
        }
      }
      still_answers(server);
      assertThat(answered).as("requests that were answered at all").isGreaterThan(WIRE_CASES / 2);
    }
  }

  private static int status(MatchResult line) {
    return Integer.parseInt(line.group(1));
  }

  private static void still_answers(TestServer server) throws IOException {
    try (Wire wire = server.connect()) {
      assertThat(wire.ask(get("/echo/alive")).body()).isEqualTo("alive");
    }
  }

  /** All that comes before the server ends the connection, whose other half the client has ended. */
  private static String answers(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MS);
      try {
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        socket.shutdownOutput();
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      } catch (SocketException reset) {
        return "";
      }
    }
  }

  /** A Java literal of a text whose characters are bytes. */
  private static String literal(String text) {
    StringBuilder literal = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\r' -> literal.append("\\r");
        case '\n' -> literal.append("\\n");
        case '"', '\\' -> literal.append('\\').append(c);
        default -> literal.append(
            c >= ' ' && c < 127 ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return literal.append('"').toString();
  }
}
