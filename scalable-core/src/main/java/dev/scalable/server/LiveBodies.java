package dev.scalable.server;

import dev.scalable.http.Response;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;

/** Sends the bodies that are made while they are sent: files, streams and events. Safe for use by many threads. */
final class LiveBodies {

  private static final Logger log = LoggerFactory.getLogger(LiveBodies.class);

  private static final HttpString BUFFERING = HttpString.tryFromString("X-Accel-Buffering");
  private static final HttpString CACHE = HttpString.tryFromString("Cache-Control");

  private final ResponseWriter writer;
  private final InFlight inFlight;
  private final HandlerThreads threads;
  private final BodyBudget answers;
  private final Set<EventChannel> open = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /**
   * Bodies that are made in a place of {@code inFlight}; what is to be done when events end is run by {@code threads},
   * and events that wait for their clients count against what all {@code answers} may hold.
   */
  LiveBodies(ResponseWriter writer, InFlight inFlight, HandlerThreads threads, BodyBudget answers) {
    this.writer = writer;
    this.inFlight = inFlight;
    this.threads = threads;
    this.answers = answers;
  }

  /**
   * One answer that is to be sent.
   *
   * @param exchange where
   * @param id identity of the request
   * @param encoded the answer
   * @param claim takes the right to give it; false if somebody else has
   * @param failed what becomes of anything thrown while nothing has left
   * @param then what becomes of the connection; asked on the IO thread
   */
  record Answer(HttpServerExchange exchange, String id, ResponseWriter.Encoded encoded, BooleanSupplier claim,
      Function<Throwable, ResponseWriter.Encoded> failed, Supplier<ResponseWriter.Then> then) {}

  /**
   * Sends an answer from a handler thread of its own, in a place among the handlers: its writer uses what they use.
   * Without a place in time, the client is told to come back. Called on the IO thread, while the exchange is being
   * handled.
   */
  void dispatch(Answer answer) {
    ClientWatch.start(answer.exchange());
    answer.exchange().dispatch(task -> inFlight.execute(task, answer.exchange().getIoThread(), refused -> {
      log.debug("{} was refused: {}", answer.id(), refused.getMessage());
      writeInstead(answer, Failures.overloaded());
    }), () -> send(answer));
  }

  /** Sends an answer from this handler thread. */
  void send(Answer answer) {
    ResponseWriter.Encoded encoded = Conditional.apply(answer.exchange(), answer.encoded());
    switch (encoded.response().body()) {
      case Response.Body.File file -> sendFile(answer, file);
      case Response.Body.Stream stream -> send(answer, stream.length(), stream.writer());
      case Response.Body.Events events -> open(answer, events);
      default -> write(answer, encoded);
    }
  }

  private void sendFile(Answer answer, Response.Body.File file) {
    Path path = file.path();
    long length;
    try {
      length = Files.size(path);
    } catch (Exception e) {
      writeInstead(answer, e);
      return;
    }
    send(answer, OptionalLong.of(length), out -> copy(path, out));
  }

  private static void copy(Path path, OutputStream out) throws Exception {
    try (InputStream in = Files.newInputStream(path)) {
      in.transferTo(out);
    }
  }

  private void send(Answer answer, OptionalLong length, Response.Writer body) {
    HttpServerExchange exchange = answer.exchange();
    if (!hasBody(exchange, answer.encoded())) {
      headOnly(answer, length);
      return;
    }
    BodyOutput out = new BodyOutput(exchange, length.orElse(-1), new BodyOutput.Start() {
      private ResponseWriter.Then then = ResponseWriter.Then.KEEP;

      @Override
      public boolean claim() {
        return answer.claim().getAsBoolean();
      }

      @Override
      public void head() {
        then = answer.then().get();
        beginLive(answer, length, then);
      }

      @Override
      public void end() {
        ResponseWriter.end(exchange, then);
      }
    });
    ClientWatch watch = ClientWatch.of(exchange);
    if (watch != null) {
      watch.whenGone(out::clientLeft);
    }
    try {
      body.writeTo(out);
      out.finish();
    } catch (Throwable t) {
      fail(answer, out, t);
    } finally {
      out.leave();
    }
  }

  /**
   * Sets the head. Without a length the body is sent in chunks, also where the connection is to be closed after it
   * (there Undertow would leave them out): only so can a client tell a body that was cut off from a whole one.
   */
  private void beginLive(Answer answer, OptionalLong length, ResponseWriter.Then then) {
    HttpServerExchange exchange = answer.exchange();
    writer.head(exchange, answer.id(), answer.encoded(), then);
    if (length.isPresent()) {
      exchange.setResponseContentLength(length.getAsLong());
    } else if (exchange.getProtocol().equals(Protocols.HTTP_1_1) && Connectors.isEntityBodyAllowed(exchange)) {
      exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, "chunked");
    }
  }

  private void fail(Answer answer, BodyOutput out, Throwable thrown) {
    if (!out.started() && !out.clientGone()) {
      writeInstead(answer, thrown);
      return;
    }
    if (!out.started()) {
      // Nobody is left for whom the deadline would have to answer.
      var unused = answer.claim().getAsBoolean();
    }
    if (threads.stopped()) {
      log.warn("{} was cut off after {} bytes of its answer, since the drain was over and the server ends: {}",
          answer.id(), out.written(), thrown.toString());
    } else if (out.clientGone()) {
      log.debug("{} ended after {} bytes of its answer: the client has gone", answer.id(), out.written(), thrown);
    } else {
      log.error("{} failed after {} bytes of its answer, which was cut off there", answer.id(), out.written(), thrown);
    }
    onIoThread(answer, () -> IoUtils.safeClose(answer.exchange().getConnection()));
  }

  private void writeInstead(Answer answer, Throwable thrown) {
    write(answer, answer.failed().apply(thrown));
  }

  private void write(Answer answer, ResponseWriter.Encoded encoded) {
    if (answer.claim().getAsBoolean()) {
      onIoThread(answer, () -> Connectors.executeRootHandler(
          exchange -> writer.write(exchange, answer.id(), encoded, answer.then().get()), answer.exchange()));
    }
  }

  private static boolean hasBody(HttpServerExchange exchange, ResponseWriter.Encoded encoded) {
    return !exchange.getRequestMethod().equals(Methods.HEAD) && Connectors.isEntityBodyAllowed(encoded.response().status());
  }

  /** HEAD, or a status that has no body: what would make the body is not asked. */
  private void headOnly(Answer answer, OptionalLong length) {
    if (answer.claim().getAsBoolean()) {
      onIoThread(answer, () -> {
        HttpServerExchange exchange = answer.exchange();
        ResponseWriter.Then then = answer.then().get();
        beginLive(answer, length, then);
        if (exchange.getRequestMethod().equals(Methods.HEAD) && length.isEmpty()) {
          // Else Undertow says that the length is 0.
          exchange.getResponseChannel();
        }
        ResponseWriter.end(exchange, then);
      });
    }
  }

  private void open(Answer answer, Response.Body.Events events) {
    HttpServerExchange exchange = answer.exchange();
    if (!hasBody(exchange, answer.encoded())) {
      headOnly(answer, OptionalLong.empty());
      return;
    }
    if (!answer.claim().getAsBoolean()) {
      return;
    }
    EventChannel channel = new EventChannel(exchange, answer.id(), threads, answers);
    open.add(channel);
    channel.onClose(() -> open.remove(channel));
    ClientWatch watch = ClientWatch.of(exchange);
    if (watch != null) {
      watch.whenGone(channel::cut);
    }
    onIoThread(answer, () -> {
      if (!exchange.getConnection().isOpen()) {
        channel.closed();
        return;
      }
      // It ends with its connection: there is no telling when it carries another request.
      beginLive(answer, OptionalLong.empty(), ResponseWriter.Then.CUT);
      HeaderMap headers = exchange.getResponseHeaders();
      headers.put(CACHE, "no-store");
      headers.put(BUFFERING, "no");
      channel.open();
    });
    if (draining) {
      channel.drain();
    }
    try {
      events.opener().opened(channel);
    } catch (Throwable t) {
      log.error("{} is ended: what should have sent its events failed", answer.id(), t);
      channel.close();
    }
  }

  private static void onIoThread(Answer answer, Runnable task) {
    try {
      answer.exchange().getIoThread().execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("{} has an answer and nobody to give it to: the server gave up on it when its drain was over", answer.id());
    }
  }

  /** Ends all streams of events, those that are still to be opened as well. */
  void drain() {
    draining = true;
    open.forEach(EventChannel::drain);
  }
}
