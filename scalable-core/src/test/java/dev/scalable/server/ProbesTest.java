package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static dev.scalable.server.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.TestStack;
import dev.scalable.testkit.cluster.Cluster;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attacks, each sent to the port of an instance and to the shipped Nginx before it. {@link AnswersTest} and
 * {@link FramingTest} say how the server answers; this says that what a proxy and the server make of the same bytes
 * cannot be played against each other.
 *
 * <p>Behind each attack another request is sent on the same connection. Where the connection must end, that one asks
 * for {@code /smuggled}, which nobody may ever reach.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class) // for the sake of time alone
class ProbesTest {

  /** What an attack gets. */
  record Verdict(int status, boolean ends) {
    @Override
    public String toString() {
      return (status == 0 ? "no answer" : String.valueOf(status)) + (ends ? ", ends" : "");
    }
  }

  /** Any of the verdicts will do: Nginx has grown stricter over the years. */
  record Probe(String name, String request, List<Verdict> bare, List<Verdict> nginx) {}

  private static Cluster cluster;

  /** Requests that were begun and are never ended: three to the instance, three to Nginx. */
  private static final List<Wire> SLOW = new ArrayList<>();

  private static final List<Probe> PROBES = probes();

  private static Probe probe(String name, String request, Verdict bare, Verdict nginx) {
    return new Probe(name, request, List.of(bare), List.of(nginx));
  }

  /** One that Nginx 1.22 answers otherwise than 1.30 does. */
  private static Probe probe(String name, String request, Verdict bare, Verdict oldNginx, Verdict newNginx) {
    return new Probe(name, request, List.of(bare), List.of(oldNginx, newNginx));
  }

  /** An answer on a connection that must end with it. */
  private static Verdict ends(int status) {
    return new Verdict(status, true);
  }

  /** An answer on a connection that must go on. */
  private static Verdict open(int status) {
    return new Verdict(status, false);
  }

  /** No answer with a status, and the end of the connection. */
  private static Verdict silent() {
    return new Verdict(0, true);
  }

  private static final String ITEM = "{\"name\":\"a\",\"count\":1}";

  private static String chunked(String body, String... headers) {
    List<String> all = new ArrayList<>(List.of("Content-Type: application/json", "Transfer-Encoding: chunked"));
    all.addAll(List.of(headers));
    return head("POST /items", all.toArray(String[]::new)) + body;
  }

  private static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  private static String post(String... headers) {
    List<String> all = new ArrayList<>(List.of("Content-Type: application/json"));
    all.addAll(List.of(headers));
    return head("POST /items", all.toArray(String[]::new));
  }

  private static List<Probe> probes() {
    String hidden = get("/smuggled");
    String end = "0\r\n\r\n";
    String length = "Content-Length: " + ITEM.length();
    return List.of(
        // Framing: where does the body end?
        probe("length and chunks", chunked(end + hidden, "Content-Length: 5"), ends(400), ends(400)),
        probe("length before chunks",
            head("POST /items", "Content-Length: 5", "Transfer-Encoding: chunked") + end + hidden,
            ends(400), ends(400)),
        probe("two lengths that differ", post("Content-Length: 0", length) + ITEM, ends(400), ends(400)),
        probe("two lengths that agree", post(length, length) + ITEM, ends(400), ends(400)),
        probe("a list of lengths", post("Content-Length: 22, 22") + ITEM, ends(400), ends(400)),
        probe("a length with a sign", post("Content-Length: +22") + ITEM, ends(400), ends(400)),
        probe("a negative length", post("Content-Length: -1") + ITEM, ends(400), ends(400)),
        probe("a length in hexadecimal", post("Content-Length: 0x16") + ITEM, ends(400), ends(400)),
        probe("a length of nothing", post("Content-Length:") + ITEM, ends(400), ends(400)),
        probe("a length with a fraction", post("Content-Length: 22.0") + ITEM, ends(400), ends(400)),
        probe("a length beyond 64 bits", post("Content-Length: 99999999999999999999") + ITEM, ends(400), ends(400)),
        probe("a length beyond what is taken", post("Content-Length: 2000000") + ITEM, ends(413), ends(413)),
        probe("a length on GET that hides a request", get("/echo/x", "Content-Length: " + hidden.length()) + hidden,
            open(200), open(200)),
        probe("no length on POST", post(), open(400), open(400)),
        probe("TE gzip", head("POST /items", "Transfer-Encoding: gzip") + end + hidden, ends(400), ends(501)),
        probe("TE xchunked", head("POST /items", "Transfer-Encoding: xchunked") + end + hidden, ends(400), ends(501)),
        probe("TE identity", head("POST /items", "Transfer-Encoding: identity", length) + ITEM, ends(400), ends(501)),
        probe("TE gzip, chunked", head("POST /items", "Transfer-Encoding: gzip, chunked") + end + hidden,
            ends(400), ends(501)),
        probe("TE chunked, chunked", head("POST /items", "Transfer-Encoding: chunked, chunked") + end + hidden,
            ends(400), ends(501)),
        probe("TE quoted", head("POST /items", "Transfer-Encoding: \"chunked\"") + end + hidden, ends(400), ends(501)),
        probe("TE with a vertical tab", head("POST /items", "Transfer-Encoding: \u000bchunked") + end + hidden,
            ends(400), ends(501)),
        probe("TE of nothing", head("POST /items", "Transfer-Encoding:") + end + hidden, ends(400), ends(501)),
        probe("TE in two lines",
            head("POST /items", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + end + hidden,
            ends(400), ends(400)),
        probe("TE with a space before the colon",
            head("POST /items", "Transfer-Encoding : chunked", "Content-Length: 5") + end + hidden,
            ends(400), ends(400)),
        probe("TE with an underscore", post("Transfer_Encoding: chunked", length) + ITEM, open(201), open(201)),
        probe("TE folded", head("POST /items", "Transfer-Encoding:\r\n chunked", "Content-Length: 5") + end + hidden,
            ends(400), ends(400)),
        probe("TE in HTTP/1.0",
            "POST /items HTTP/1.0\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n" + end + hidden,
            ends(400), ends(400)),
        probe("a sound chunked body", chunked(chunk(ITEM) + end), ends(201), open(201)),
        probe("chunks with trailers", chunked(chunk(ITEM) + "0\r\nX-Seen: 1\r\nContent-Length: 99\r\n\r\n"),
            ends(201), open(201)),
        probe("a chunk size of nothing", chunked("\r\n\r\n" + hidden), ends(400), ends(400)),
        probe("a chunk size that is no number", chunked("zz\r\n\r\n" + hidden), ends(400), ends(400)),
        probe("a negative chunk size", chunked("-1\r\n\r\n" + hidden), ends(400), ends(400)),
        probe("a chunk size with 0x", chunked("0x16\r\n" + ITEM + "\r\n" + end), ends(400), ends(400)),
        probe("a chunk size beyond 64 bits", chunked("ffffffffffffffffff\r\n" + ITEM + "\r\n" + end + hidden),
            ends(400), ends(400)),
        probe("a chunk size beyond 32 bits", chunked("100000016\r\n" + ITEM + "\r\n" + end + hidden),
            ends(413), ends(413)),
        probe("a chunk size with a space before it", chunked(" 16\r\n" + ITEM + "\r\n" + end), ends(400), ends(400)),
        probe("a chunk size with a space behind it", chunked("16 \r\n" + ITEM + "\r\n" + end), ends(400), open(201)),
        probe("a chunk size with zeros before it", chunked("00016\r\n" + ITEM + "\r\n000\r\n\r\n"),
            ends(201), open(201)),
        probe("less in a chunk than its size says", chunked("18\r\n" + ITEM + "\r\n" + end + hidden),
            ends(400), ends(400)),
        probe("a line feed in the extension of a chunk", chunked("16;a\nb\r\n" + ITEM + "\r\n" + end),
            ends(400), ends(400)),
        probe("a trailer that ends in a bare line feed", chunked(chunk(ITEM) + "0\r\nX: 1\n\r\n"),
            ends(400), open(201), ends(400)),
        probe("trailers of 20 kB", chunked(chunk(ITEM) + "0\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"),
            ends(400), open(201)),
        probe("an extension of a chunk", chunked("16;a=b\r\n" + ITEM + "\r\n" + end), ends(201), open(201)),
        probe("chunk lines that end in a bare line feed", chunked("16\n" + ITEM + "\n0\n\n"),
            ends(400), open(201), ends(400)),
        probe("junk after the data of a chunk", chunked("16\r\n" + ITEM + "XX\r\n" + end + hidden),
            ends(400), ends(400)),
        probe("a huge extension of a chunk",
            chunked("16;" + "a".repeat(100_000) + "\r\n" + ITEM + "\r\n" + end),
            ends(400), open(201)),
        // Lines and headers.
        probe("bare line feeds", "GET /echo/x HTTP/1.1\nHost: test\n\n", ends(400), open(200)),
        probe("a bare carriage return in a header", get("/head", "X-Seen: a\rX-Forged: b"), ends(400), ends(400)),
        probe("a NUL in a header", get("/head", "X-Seen: a\0b"), ends(400), ends(400)),
        probe("a NUL in a header's name", get("/head", "X-S\0een: a"), ends(400), ends(400)),
        probe("a NUL in the request line", get("/echo/a\0b"), ends(400), ends(400)),
        probe("a folded header", get("/head", "X-Seen: a\r\n b"), open(200), ends(400)),
        probe("a header that begins the lines with a space", "GET / HTTP/1.1\r\n X-Seen: a\r\nHost: test\r\n\r\n",
            ends(400), ends(400)),
        probe("a header without a colon", get("/head", "X-Seen"), ends(400), open(200)),
        probe("a header without a name", get("/head", ": x"), ends(400), ends(400)),
        probe("a space before the colon", get("/head", "X-Seen : a"), ends(400), ends(400)),
        probe("a header of 20 kB", get("/head", "X-Seen: " + "a".repeat(20_000)), ends(400), ends(431)),
        probe("headers of 60 kB", get("/head", IntStream.range(0, 60).mapToObj(i -> "X-" + i + ": " + "a".repeat(1_000))
            .toArray(String[]::new)), ends(400), ends(431)),
        probe("150 headers",
            get("/head", IntStream.range(0, 150).mapToObj(i -> "X-" + i + ": a").toArray(String[]::new)),
            ends(400), open(400)),
        probe("100 cookies", get("/head", "Cookie: " + "a=b; ".repeat(100)), open(200), open(200)),
        probe("cookies of 20 kB", get("/head", "Cookie: " + "a=b; ".repeat(4_000)), ends(400), ends(431)),
        // Headers that are no lists, and come twice.
        probe("two Authorizations", get("/head", "Authorization: Bearer a", "Authorization: Bearer b"),
            open(400), ends(400)),
        probe("two Authorizations that agree", get("/head", "Authorization: Bearer a", "authorization: Bearer a"),
            open(400), ends(400)),
        probe("two Content-Types",
            head("POST /items", "Content-Type: text/xml", "Content-Type: application/json", length) + ITEM,
            ends(400), open(400)),
        probe("two Idempotency-Keys", get("/head", "Idempotency-Key: a", "Idempotency-Key: b"), open(400), open(400)),
        probe("two Origins", get("/head", "Origin: http://a", "Origin: http://b"), open(400), open(400)),
        probe("two Cookies", get("/head", "Cookie: a=1", "Cookie: a=2"), open(200), open(200)),
        probe("two lines of a list", get("/head", "Accept: text/plain", "Accept: */*"), open(200), open(200)),
        probe("a Connection header that names others to be dropped",
            get("/head", "Connection: x-seen, host", "X-Seen: a"),
            open(200), open(200)),
        probe("an address with which a name service would be asked", get("/head", "X-Forwarded-For: .::1"),
            open(200), open(200)),
        probe("a tag that is none", get("/echo/x", "If-None-Match: \"", "If-Match: *"), open(200), open(200)),
        probe("a list of 1,500 media types", get("/echo/x", "Accept: " + "a/b,".repeat(1_500)), open(200), open(200)),
        probe("500 ranges", get("/echo/x", "Range: bytes=" + "0-0,".repeat(500)), open(200), open(200)),
        probe("a trace of nothing but zeros",
            get("/echo/x", "traceparent: 00-" + "0".repeat(32) + "-" + "0".repeat(16) + "-01"), open(200), open(200)),
        // Request lines.
        probe("a method in lower case", head("get /echo/x"), open(501), ends(400)),
        probe("a method of no use", head("BREW /echo/x"), open(501), open(501)),
        probe("a method of 40 letters", head("A".repeat(40) + " /echo/x"), ends(400), open(400)),
        probe("OPTIONS of a star", head("OPTIONS *"), open(400), ends(400)),
        probe("TRACE", head("TRACE /echo/x"), ends(405), ends(405)),
        probe("CONNECT to a path", head("CONNECT /echo/x"), ends(405), ends(405), ends(400)),
        probe("CONNECT to an authority", head("CONNECT other.example:443"), ends(400), ends(400), ends(405)),
        probe("HTTP/1.9", "GET /echo/x HTTP/1.9\r\nHost: test\r\n\r\n", open(200), open(200)),
        probe("HTTP/2.7", "GET /echo/x HTTP/2.7\r\nHost: test\r\n\r\n", open(200), ends(505)),
        probe("HTTP/2.0", "GET /echo/x HTTP/2.0\r\nHost: test\r\n\r\n", ends(400), ends(505)),
        probe("HTTP/0.9", "GET /echo/x\r\n\r\n", ends(400), silent()),
        probe("no version", "GET /echo/x \r\nHost: test\r\n\r\n", ends(400), silent()),
        probe("a protocol that is not HTTP", "GET /echo/x FTP/1.1\r\nHost: test\r\n\r\n", ends(400), ends(400)),
        probe("a space within the target", get("/echo/a b"), ends(400), ends(400)),
        probe("an absolute target", get("http://test/echo/x"), open(200), open(200)),
        probe("an absolute target of another host", get("http://other.example/echo/x"), ends(400), open(200)),
        probe("a target with the userinfo of a URL", get("http://test@other.example/echo/x"), open(400), ends(400)),
        probe("a target that is an authority", get("test:80"), ends(400), ends(400)),
        probe("a target that is a star", get("*"), ends(400), ends(400)),
        probe("a target of another scheme", get("file:///etc/passwd"), ends(400), ends(400)),
        // Host.
        probe("no Host", "GET /echo/x HTTP/1.1\r\n\r\n", ends(400), ends(400)),
        probe("two Hosts", "GET /echo/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", ends(400), ends(400)),
        probe("a Host with a path", "GET /echo/x HTTP/1.1\r\nHost: a/../b\r\n\r\n", ends(400), ends(400)),
        probe("a Host with a space", "GET /echo/x HTTP/1.1\r\nHost: a b\r\n\r\n", ends(400), ends(400)),
        probe("a Host with a port that is none", "GET /echo/x HTTP/1.1\r\nHost: a:99999\r\n\r\n",
            ends(400), open(200), ends(400)),
        probe("a Host with a userinfo", "GET /echo/x HTTP/1.1\r\nHost: a@b\r\n\r\n",
            ends(400), open(400), ends(400)),
        // Paths.
        probe("dot segments", get("/echo/../echo/x"), open(400), open(400)),
        probe("dot segments above the root", get("/../../etc/passwd"), open(400), ends(400)),
        probe("encoded dot segments", get("/echo/%2e%2e/echo/x"), open(400), open(400)),
        probe("dot segments encoded twice", get("/files/%252e%252e/x"), open(200), open(200)),
        probe("two slashes", get("//echo/x"), open(400), open(400)),
        probe("a matrix parameter", get("/echo/x;y=1"), open(400), open(400)),
        probe("a matrix parameter behind dots", get("/files/..;/x"), open(400), open(400)),
        probe("an escape of a letter", get("/%65cho/%78"), open(200), open(200)),
        probe("an escape that two escapes would make", get("/files/%25%36%31"), open(200), open(200)),
        probe("an encoded NUL", get("/echo/a%00b"), open(400), ends(400)),
        probe("overlong UTF-8", get("/echo/%c0%ae%c0%ae"), open(400), open(400)),
        probe("an encoded slash", get("/echo/a%2Fb"), open(400), open(400)),
        probe("an encoded backslash", get("/echo/a%5cb"), open(400), open(400)),
        probe("a backslash", get("/echo/a\\b"), ends(400), open(400)),
        probe("an encoded line break", get("/echo/a%0d%0aX-Forged:%20b"), open(400), open(400)),
        probe("a bad escape", get("/echo/%zz"), ends(400), ends(400)),
        probe("an escape of other digits", get("/echo/%u002e"), ends(400), ends(400)),
        probe("raw UTF-8", get("/echo/\u00c3\u00a9"), ends(400), open(400)),
        probe("a fragment", get("/echo/x#top"), ends(400), open(400)),
        probe("a path of 7 kB", get("/echo/" + "a".repeat(7_000)), open(200), open(200)),
        probe("a path of 100 kB", get("/echo/" + "a".repeat(100_000)), ends(400), ends(414)),
        probe("2,000 segments and dots behind them", get("/files" + "/a".repeat(2_000) + "/.."), open(400), open(400)),
        probe("300 parameters", get("/query?" + "a=1&".repeat(300)), ends(400), open(400)),
        // What is closed at the proxy, by every name of it.
        probe("the inside", get("/internal/secret"), open(200), open(404)),
        probe("the inside, encoded", get("/%69nternal/secret"), open(200), open(404)),
        probe("the inside, behind dots", get("/echo/../internal/secret"), open(400), open(404)),
        probe("the inside, behind two slashes", get("//internal/secret"), open(400), open(404)),
        probe("the inside, as an absolute target", get("http://test/internal/secret"), open(200), open(404)),
        probe("the inside, in capitals", get("/INTERNAL/secret"), open(404), open(404)),
        probe("the inside, by a header",
            get("/echo/x", "X-Original-URL: /internal/secret", "X-Rewrite-URL: /internal/secret"),
            open(200), open(200)),
        probe("the inside, with a key to repeat", get("/internal/secret", "Idempotency-Key: 1"), open(200), open(404)),
        probe("a path of the proxy's own", get("/.nginx-error"), open(404), open(404)),
        probe("a location of the proxy's own", get("/@retry_safe"), open(404), open(404)),
        // Another protocol on the same connection.
        probe("a preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ends(400), ends(400)),
        probe("an upgrade to HTTP/2", get("/echo/x", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"), open(200), open(200)),
        probe("an upgrade to a WebSocket",
            get("/echo/x", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), open(200), open(200)),
        probe("the first bytes of TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
            ends(400), ends(400)),
        probe("a line of the PROXY protocol", "PROXY TCP4 10.0.0.1 10.0.0.2 1 80\r\n" + get("/smuggled"),
            ends(400), ends(400)),
        probe("an expectation that nobody knows", get("/echo/x", "Expect: 200-maybe"), open(200), open(200)),
        // Bodies that do not say what they are, as a page of another origin may send them; and coded ones.
        probe("a body without a type", head("POST /items", length) + ITEM, ends(415), open(415)),
        probe("a body with a type of nothing", head("POST /items", "Content-Type:", length) + ITEM,
            ends(415), open(415)),
        probe("a body in a coding", post("Content-Encoding: gzip", length) + ITEM, ends(415), open(415)),
        // JSON.
        probe("JSON 100,000 deep", json("PUT /any", "[".repeat(100_000) + "]".repeat(100_000)), open(400), open(400)),
        probe("JSON 101 deep", json("PUT /any", "[".repeat(101) + "]".repeat(101)), open(400), open(400)),
        probe("duplicate keys", json("POST /items", "{\"name\":\"a\",\"name\":\"b\",\"count\":1}"),
            open(400), open(400)),
        probe("a duplicate key that is escaped", json("PUT /any", "{\"a\":1,\"\\u0061\":2}"), open(400), open(400)),
        probe("a number of 100,000 digits", json("PUT /any", "9".repeat(100_000)), open(400), open(400)),
        probe("a number with a huge exponent", json("POST /items", "{\"name\":\"a\",\"count\":1e999999999}"),
            open(400), open(400)),
        probe("a number that a decimal would have", json("PUT /any", "1e-1000000000"), open(400), open(400)),
        probe("a key of 100,000 letters", json("PUT /any", "{\"" + "a".repeat(100_000) + "\":1}"),
            open(400), open(400)),
        probe("half a surrogate pair in UTF-16", json("PUT /any", utf16("\"\\ud800\"")), open(400), open(400)),
        probe("JSON with a comment", json("PUT /any", "/**/1"), open(400), open(400)),
        probe("not a number", json("PUT /any", "NaN"), open(400), open(400)),
        // A body that is a request.
        probe("a request as a body", json("POST /items", hidden), open(400), open(400)),
        probe("a request as a body that nobody takes", json("POST /nowhere", hidden), ends(404), open(404)),
        probe("a request as a body of a GET", get("/nowhere", "Content-Length: " + hidden.length()) + hidden,
            ends(404), open(404)),
        probe("a request that waits to be told to go on",
            head("POST /nowhere", "Expect: 100-continue", "Content-Length: "
            + hidden.length()) + hidden, ends(404), open(404)));
  }

  private static String utf16(String text) {
    StringBuilder bytes = new StringBuilder();
    text.chars().forEach(c -> bytes.append('\0').append((char) c));
    return bytes.toString();
  }

  @BeforeAll
  static void start() throws IOException {
    cluster = Cluster.builder().app(TestStack.app(ProbedApp.class)
        // What the answer to a body that never comes waits for; 10 s as shipped, like that of Nginx.
        .env("SCALABLE_HTTP_BODY_TIMEOUT", "3s")).instances(1).start();
    for (int port : List.of(bare(), nginx())) {
      SLOW.add(new Wire(port).send("GET /echo/x HTTP/1.1\r\nHost: te"));
      SLOW.add(new Wire(port).send(post("Content-Length: 22") + ITEM.substring(0, 5)));
      SLOW.add(new Wire(port).send(chunked("16\r\n" + ITEM.substring(0, 5))));
    }
  }

  @AfterAll
  static void stop() throws IOException {
    for (Wire wire : SLOW) {
      wire.close();
    }
    cluster.close();
  }

  private static int bare() {
    return cluster.instance(1).uri().getPort();
  }

  private static int nginx() {
    return cluster.uri().getPort();
  }

  static Stream<Arguments> rows() {
    return PROBES.stream().map(probe -> Arguments.of(probe.name(), probe));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void the_port_of_an_instance_answers_an_attack_and_goes_on(String name, Probe probe) throws IOException {
    verify(bare(), probe.request(), probe.bare());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void nginx_answers_an_attack_and_goes_on(String name, Probe probe) throws IOException {
    verify(nginx(), probe.request(), probe.nginx());
  }

  /** The attack gets such a verdict; nothing hidden in it or behind it was reached; and the next client is served. */
  private static void verify(int port, String request, List<Verdict> expected) throws IOException {
    boolean ends = expected.stream().allMatch(Verdict::ends);
    try (Wire wire = new Wire(port)) {
      assertThat(verdict(wire, request + get(ends ? "/smuggled" : "/echo/after"))).isIn(expected);
    }
    try (Wire wire = new Wire(port)) {
      assertThat(wire.ask(get("/echo/alive")).body()).isEqualTo("alive");
      assertThat(wire.ask(get("/smuggled-count")).body()).as("how often a hidden request was reached").isEqualTo("0");
    }
  }

  private static Verdict verdict(Wire wire, String requests) throws IOException {
    int status;
    try {
      status = wire.send(requests).answer().status();
      while (status == 100) {
        status = wire.answer().status();
      }
    } catch (IOException e) {
      return silent();
    }
    try {
      assertThat(wire.answer().body()).as("the answer to the request behind").isEqualTo("after");
      return open(status);
    } catch (EOFException | SocketException e) {
      return ends(status);
    }
  }

  /** Each of them was sent before the first attack; Nginx takes 10 seconds to lose its patience, which pass meanwhile. */
  @Test
  @Order(Integer.MAX_VALUE)
  void who_begins_a_request_and_never_ends_it_loses_the_connection() throws IOException {
    for (Wire wire : SLOW) {
      assertThat(wire.rest()).doesNotContain(" 200 ", " 201 ");
    }
  }
}
