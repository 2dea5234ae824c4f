package dev.scalable.testkit.load;

import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.users;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.history.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * Each way in which a server can let a client down has an outcome of its own, reads and writes are counted differently
 * where they must be, and no request is sent a second time.
 */
class OutcomeOfEachMisbehaviourTest {
  @Test
  void a_connection_closed_before_the_answer() throws Exception {
    TestServer.Script closes = (request, socket) -> false;
    expect(closes, new Outcome.ClosedBeforeResponse(false), Fate.FAILED, Fate.INDETERMINATE);
  }

  @Test
  void a_connection_reset_before_the_answer() throws Exception {
    TestServer.Script resets = (request, socket) -> {
      TestServer.reset(socket);
      return false;
    };
    expect(resets, new Outcome.ClosedBeforeResponse(false), Fate.FAILED, Fate.INDETERMINATE);
  }

  @Test
  void a_reused_connection_closed_with_the_request_on_its_way_is_not_hidden() throws Exception {
    try (TestServer server = TestServer.start((request, socket) ->
        request.onConnection() == 1 && TestServer.always(TestServer.ok("")).answer(request, socket))) {
      LoadResult result = run(server, RequestTemplate.get("/"), 4);
      assertThat(result.exchanges()).extracting(e -> e.outcome())
          .containsExactly(
              new Outcome.Ok(), new Outcome.ClosedBeforeResponse(true),
              new Outcome.Ok(), new Outcome.ClosedBeforeResponse(true));
      assertThat(result.exchanges()).extracting(e -> e.reused()).containsExactly(false, true, false, true);
      assertThat(server.requests()).isEqualTo(4);
    }
  }

  @Test
  void an_answer_that_ends_within_its_body() throws Exception {
    expect(cut("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
        new Outcome.ResetMidResponse(), Fate.FAILED, Fate.INDETERMINATE);
  }

  @Test
  void an_answer_that_ends_within_its_headers() throws Exception {
    expect(cut("HTTP/1.1 200 OK\r\nContent-Le"), new Outcome.ResetMidResponse(), Fate.FAILED, Fate.INDETERMINATE);
  }

  @Test
  void an_answer_that_is_reset_between_two_chunks() throws Exception {
    TestServer.Script resets = (request, socket) -> {
      String begun = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n";
      socket.getOutputStream().write(begun.getBytes(UTF_8));
      TestServer.reset(socket);
      return false;
    };
    // The reset may overtake the bytes, so nothing of the answer needs to have been seen.
    for (LoadResult result : List.of(get(resets), post(resets))) {
      assertThat(result.exchanges().getFirst().outcome())
          .isIn(new Outcome.ResetMidResponse(), new Outcome.ClosedBeforeResponse(false));
    }
  }

  @Test
  void an_interim_answer_alone_is_no_answer() throws Exception {
    expect(cut("HTTP/1.1 100 Continue\r\n\r\n"),
        new Outcome.ClosedBeforeResponse(false), Fate.FAILED, Fate.INDETERMINATE);
  }

  @Test
  void an_answer_that_does_not_come() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    TestServer.Script hangs = (request, socket) -> {
      over.await();
      return false;
    };
    try (TestServer server = TestServer.start(hangs)) {
      Load load = Load.against(server.uri()).readTimeout(Duration.ofMillis(250)).closed(users(1), iterations(2));
      LoadResult result = load.mixed(RequestTemplate.get("/"), RequestTemplate.post("/", () -> "{}")).run();
      assertThat(result.exchanges()).extracting(e -> e.outcome()).containsOnly(new Outcome.ReadTimeout());
      assertThat(result.failed()).isEqualTo(1);
      assertThat(result.indeterminate()).isEqualTo(1);
      assertThat(server.requests()).isEqualTo(2);
    }
  }

  @Test
  void bytes_that_are_not_http() throws Exception {
    expect(cut("SSH-2.0-OpenSSH_9.9\r\n"), new Outcome.Malformed("the response does not begin with HTTP/"),
        Fate.FAILED, Fate.INDETERMINATE);
    expect(cut("HTTP/1.1 abc\r\n\r\n"), new Outcome.Malformed("the status code is not a number of three digits"),
        Fate.FAILED, Fate.INDETERMINATE);
    expect(cut("HTTP/1.1 200 OK\r\n: no name\r\n\r\n"), new Outcome.Malformed("a header line without a name"),
        Fate.FAILED, Fate.INDETERMINATE);
    expect(cut("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
        new Outcome.Malformed("two Content-Length headers that differ"), Fate.FAILED, Fate.INDETERMINATE);
    expect(cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnope\r\n"),
        new Outcome.Malformed("not the size of a chunk: 'nope'"), Fate.FAILED, Fate.INDETERMINATE);
  }

  @Test
  void a_status_of_the_application_and_one_of_the_balancer() throws Exception {
    expect(TestServer.always(TestServer.status(503, "X-Instance-Id: a\r\n")), new Outcome.BadStatus(503, false),
        Fate.FAILED, Fate.FAILED);
    expect(TestServer.always(TestServer.status(503, "X-Error-Source: nginx\r\n")), new Outcome.BadStatus(503, true),
        Fate.FAILED, Fate.FAILED);
    expect(TestServer.always(TestServer.status(504, "X-Error-Source: nginx\r\n")), new Outcome.BadStatus(504, true),
        Fate.FAILED, Fate.INDETERMINATE);
    expect(TestServer.always(TestServer.status(404, "X-Error-Source: nginx\r\n")), new Outcome.BadStatus(404, false),
        Fate.FAILED, Fate.FAILED);
  }

  @Test
  void a_refused_connection_sends_nothing() throws Exception {
    TestServer gone = TestServer.start(TestServer.always(TestServer.ok("")));
    gone.close();
    LoadResult result = Load.against(gone.uri()).post("/", () -> "{}").closed(users(2), iterations(3)).run();
    assertThat(result.exchanges()).hasSize(6).allSatisfy(exchange -> {
      assertThat(exchange.outcome()).isEqualTo(new Outcome.Refused("Connection refused"));
      assertThat(exchange.fate()).isEqualTo(Fate.FAILED);
    });
  }

  @Test
  void a_connection_that_is_never_accepted() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> waiting = fill(full);
      URI uri = URI.create("http://127.0.0.1:" + full.getLocalPort());
      Target target = Target.of(uri).connectTimeout(Duration.ofMillis(50));
      try (Connection connection = new Connection(target)) {
        connection.send(Call.get("/"), "id");
        throw new AssertionError("the backlog is full, so nothing can be answered");
      } catch (NoAnswerException none) {
        assertThat(none.outcome()).isEqualTo(new Outcome.ConnectTimeout());
      }
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  @Test
  void a_request_that_cannot_be_made_is_dropped_and_counted() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      LoadResult result = run(server, RequestTemplate.post("/", () -> {
        throw new IllegalStateException("no more items");
      }), 3);
      assertThat(result.dropped()).isEqualTo(3);
      assertThat(result.exchanges().getFirst().outcome().reason()).contains("no more items");
      assertThat(server.requests()).isZero();
    }
  }

  @Test
  void an_answer_that_the_check_refuses_keeps_its_reason() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      Load load = Load.against(server.uri()).get("/").closed(users(1), iterations(1));
      Outcome refused = load.check(answer -> answer.text().equals("other")).run().exchanges().getFirst().outcome();
      assertThat(refused).isEqualTo(new Outcome.CheckFailed("the check refused 200 ok"));
      Outcome thrown = load.check(answer -> answer.text().charAt(9) == 'x').run().exchanges().getFirst().outcome();
      assertThat(thrown.reason()).startsWith("the check threw java.lang.StringIndexOutOfBounds").endsWith("on 200 ok");
    }
  }

  /** Both kinds of request end so, are counted so, and are sent once. */
  private static void expect(TestServer.Script script, Outcome outcome, Fate ofRead, Fate ofWrite) throws Exception {
    LoadResult read = get(script);
    assertThat(read.exchanges()).extracting(e -> e.outcome()).containsExactly(outcome, outcome);
    assertThat(read.exchanges()).extracting(e -> e.fate()).containsExactly(ofRead, ofRead);
    LoadResult write = post(script);
    assertThat(write.exchanges()).extracting(e -> e.outcome()).containsExactly(outcome, outcome);
    assertThat(write.exchanges()).extracting(e -> e.fate()).containsExactly(ofWrite, ofWrite);
  }

  private static LoadResult get(TestServer.Script script) throws IOException {
    return once(script, RequestTemplate.get("/"));
  }

  private static LoadResult post(TestServer.Script script) throws IOException {
    return once(script, RequestTemplate.post("/", () -> "{}"));
  }

  private static LoadResult once(TestServer.Script script, RequestTemplate template) throws IOException {
    try (TestServer server = TestServer.start(script)) {
      LoadResult result = run(server, template, 2);
      assertThat(server.requests()).as("requests that the server saw").isEqualTo(2);
      assertThat(result.scheduled())
          .isEqualTo(result.ok() + result.failed() + result.dropped() + result.indeterminate());
      return result;
    }
  }

  private static LoadResult run(TestServer server, RequestTemplate template, int requests) {
    return Load.against(server.uri())
        .mixed(template)
        .closed(users(1), iterations(requests))
        .run();
  }

  private static TestServer.Script cut(String response) {
    return (request, socket) -> {
      socket.getOutputStream().write(response.getBytes(UTF_8));
      return false;
    };
  }

  /** Connects until the kernel takes no more, which is when a connect has to wait. */
  private static List<Socket> fill(ServerSocket listener) throws IOException {
    List<Socket> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Socket socket = new Socket();
      try {
        socket.connect(listener.getLocalSocketAddress(), 50);
        waiting.add(socket);
      } catch (IOException full) {
        socket.close();
        return waiting;
      }
    }
    throw new IllegalStateException("the backlog of 1 took " + waiting.size() + " connections");
  }
}
