package dev.scalable.server;

import dev.scalable.http.Handler;
import dev.scalable.http.JsonCodec;
import dev.scalable.http.Lookup;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioExecutor;

/**
 * One request on its way through the handler thread: runs the handler there, and answers on the IO thread exactly once,
 * with the handler's response or, at the deadline, without it.
 */
final class Call implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Call.class);

  private final HttpServerExchange exchange;
  private final Observed observed;
  private final ExchangeRequest request;
  private final RouteTable.Match match;
  private final @Nullable BodyInput input;
  private final Steps steps;

  /** Guarded by this: the thread while the handler runs on it, and whether the answer was given. */
  private @Nullable Thread runner;
  private boolean answered;
  private XnioExecutor.@Nullable Key timer;

  /** What a call needs from the server. */
  record Steps(JsonCodec json, ResponseWriter writer, LiveBodies live, Failures failures, HandlerThreads threads) {}

  /** A call; of an upload if it has an input. */
  Call(HttpServerExchange exchange, ExchangeRequest request, RouteTable.Match match, @Nullable BodyInput input, Steps steps) {
    this.exchange = exchange;
    this.observed = Observed.of(exchange);
    this.request = request;
    this.match = match;
    this.input = input;
    this.steps = steps;
  }

  /** Sets the deadline going. Called on the IO thread, before the call is handed over. */
  synchronized void expireAfter(Duration limit) {
    timer = exchange.getIoThread().executeAfter(this::expire, limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void run() {
    synchronized (this) {
      if (answered) {
        return;
      }
      runner = Thread.currentThread();
    }
    // On this thread the app's own log lines can be told apart; on the IO thread, which runInline() uses, it would cost
    // too much.
    observed.named(() -> {
      ResponseWriter.Encoded encoded = encoded(match.chain().around(this::respond, request, this::failure));
      if (encoded.live()) {
        steps.live().send(live(encoded, this::claim));
      } else {
        answer(encoded);
      }
    });
  }

  /** Runs the handler here, on the IO thread, and answers. */
  void runInline() {
    runInline(this::respond);
  }

  /**
   * Answers here, on the IO thread, with what {@code known} says; only a body that is made while it is sent takes a
   * thread.
   */
  void runInline(Handler known) {
    ResponseWriter.Encoded encoded = encoded(match.chain().around(known, request, this::failure));
    if (encoded.live()) {
      steps.live().dispatch(live(encoded, () -> true));
    } else {
      steps.writer().write(exchange, request.id(), encoded, ResponseWriter.Then.KEEP);
    }
  }

  private LiveBodies.Answer live(ResponseWriter.Encoded encoded, BooleanSupplier claim) {
    return new LiveBodies.Answer(exchange, request.id(), encoded, claim, thrown -> encoded(failure(thrown)), this::then);
  }

  /** What becomes of the connection: an upload may have left some of its body unread. */
  private ResponseWriter.Then then() {
    return input == null ? ResponseWriter.Then.KEEP : input.then();
  }

  private synchronized boolean expired() {
    return answered;
  }

  private Response respond(Request seen) throws Exception {
    return switch (match.route().action()) {
      case Route.Action.Call call -> call.handler().handle(seen);
      case Route.Action.CallWithBody<?> call -> bind(call, seen);
      case Route.Action.Upload upload -> upload.handler().handle(seen, Objects.requireNonNull(input));
      case Route.Action.Answer<?, ?> lookup -> load(lookup, seen);
    };
  }

  private <B> Response bind(Route.Action.CallWithBody<B> call, Request seen) throws Exception {
    if (request.body().length == 0) {
      throw Problem.badRequest("The request has no body; it must be JSON");
    }
    B body;
    try {
      body = steps.json().decode(request.body(), call.type());
    } catch (JsonCodec.Malformed e) {
      throw Problem.badRequest("The body cannot be read: " + e.getMessage());
    }
    return call.handler().handle(seen, body);
  }

  private static <K, V> Response load(Route.Action.Answer<K, V> lookup, Request request) {
    return answer(lookup, request, lookup.values().get(lookup.key().apply(request)));
  }

  /** The response to a lookup's value, or to its absence. */
  static <K, V> Response answer(Route.Action.Answer<K, V> lookup, Request request, @Nullable V value) {
    if (value == null) {
      throw Problem.notFound("There is nothing at " + request.path());
    }
    return lookup.answer().apply(value);
  }

  /** The response to anything thrown. */
  private Response failure(Throwable thrown) {
    if (expired()) {
      // The client has its 504 already: what an interrupted handler throws is no news.
      log.debug("{} {} {} ended after its deadline", request.id(), request.method(), request.path(), thrown);
      return Response.status(504);
    }
    if (steps.threads().stopped()) {
      // Nobody is left to be answered, and the handler did nothing wrong but to take its time.
      observed.tag(log.atWarn()).log("{} {} {} was interrupted, since the drain was over and the server ends: {}", request.id(),
          request.method(), request.path(), thrown.toString());
      return Response.status(503);
    }
    if (input != null && input.clientGone()) {
      log.debug("{} {} {} ended with its client", request.id(), request.method(), request.path(), thrown);
      return Response.status(400);
    }
    return steps.failures().response(thrown, observed, request.method() + " " + request.path());
  }

  private ResponseWriter.Encoded encoded(Response response) {
    try {
      return steps.writer().encode(response, match.route().isTagged());
    } catch (RuntimeException | StackOverflowError unencodable) {
      return steps.writer().encode(failure(unencodable), false);
    }
  }

  /** There was no place for it in time. */
  void refuse(RejectedExecutionException reason) {
    log.debug("{} {} {} was refused: {}", request.id(), request.method(), request.path(), reason.getMessage());
    // On the IO thread, so without filters that may block.
    answer(encoded(match.chain().nonBlocking().around(seen -> {
      throw Failures.overloaded();
    }, request, this::failure)));
  }

  private void expire() {
    Thread late;
    synchronized (this) {
      late = runner;
      // Claimed before the interrupt, or else the interrupted handler might be the first to answer.
      if (!claim()) {
        return;
      }
      // Under the lock, so that the interrupt cannot hit a pool's thread after it went on to another call.
      if (late != null) {
        late.interrupt();
      }
    }
    observed.tag(log.atWarn()).log("{} {} {} was not answered by its deadline and got a 504{}", request.id(),
        request.method(), request.path(), late == null ? "; no thread was free for it" : "; its handler was interrupted");
    Response answer = Problem.of(504, "Gateway Timeout",
        "The request was not answered in the time it is given here; it may still have an effect")
        .response(request.id(), request.trace().traceId());
    // A browser shows an answer to its page only with what a filter has added to it.
    write(encoded(match.chain().nonBlocking().around(seen -> answer, request, thrown -> answer)));
  }

  /** Whether the caller is the one to answer: the first who asks. */
  private synchronized boolean claim() {
    if (answered) {
      return false;
    }
    answered = true;
    runner = null;
    if (timer != null) {
      timer.remove();
    }
    return true;
  }

  private void answer(ResponseWriter.Encoded encoded) {
    if (claim()) {
      write(encoded);
    }
  }

  private void write(ResponseWriter.Encoded encoded) {
    try {
      exchange.getIoThread().execute(() -> Connectors.executeRootHandler(
          onIoThread -> steps.writer().write(onIoThread, request.id(), encoded, then()), exchange));
    } catch (RejectedExecutionException e) {
      log.debug("{} has an answer and nobody to give it to: the server gave up on it when its drain was over", request.id());
    }
  }
}
