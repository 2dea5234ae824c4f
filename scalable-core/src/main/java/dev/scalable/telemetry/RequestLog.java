package dev.scalable.telemetry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.scalable.check.SharedState;
import dev.scalable.lifecycle.Part;
import dev.scalable.server.RequestObserver;
import dev.scalable.server.ServerSettings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log, and the warnings about slow requests. Requests only leave a note; one thread of its own writes, several times a
 * second, what has gathered. A request never waits for it: when the writing cannot keep up, what does not fit into the queue is lost,
 * counted, and told.
 *
 * <p>The thread looks by itself and is not woken: to wake a thread costs a request more than to leave the note.
 */
@Singleton
@SharedState("lines on their way out, of this instance alone")
final class RequestLog implements RequestObserver, Part {

  private static final Logger log = LoggerFactory.getLogger(RequestLog.class);

  /** At 100,000 requests a second what comes between two looks; some 15 MB if every path is as long as it may be. */
  static final int CAPACITY = 16 * 1024;

  private static final int BATCH = 512;
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final Duration TELL_EVERY = Duration.ofSeconds(10);
  private static final Duration LAST_LINES = Duration.ofSeconds(5);

  private final String place;
  private final long slowNanos;
  private final AccessLine line;
  /** Opens what is written to; null when there is no access log. */
  private final @Nullable Sink sink;

  private final ConcurrentLinkedQueue<Ended> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final LongAdder lost = new LongAdder();
  private @Nullable Thread writer;
  private volatile boolean stopped;

  /** Opens a stream that lines are written to. */
  @FunctionalInterface
  interface Sink {
    OutputStream open() throws IOException;
  }

  @Inject
  RequestLog(TelemetrySettings settings, ServerSettings server) {
    this(settings, server.instanceId(), sink(settings.accessLog()));
  }

  RequestLog(TelemetrySettings settings, String instanceId, @Nullable Sink sink) {
    this.place = settings.accessLog();
    this.slowNanos = settings.slowRequest().toNanos();
    this.line = new AccessLine(instanceId);
    this.sink = sink;
  }

  @SuppressWarnings("SystemOut") // that is what is asked for
  private static @Nullable Sink sink(String place) {
    return switch (place) {
      case TelemetrySettings.OFF -> null;
      case TelemetrySettings.STDOUT -> () -> System.out;
      // Appended to, so that a rotation may copy and truncate.
      default -> () -> Files.newOutputStream(Path.of(place), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    };
  }

  @Override
  public String name() {
    return "the access log";
  }

  /** Stopped after the server, and so with all of its requests. */
  @Override
  public Stage stage() {
    return Stage.CONNECTIONS;
  }

  @Override
  public OfRoute of(String method, String route) {
    return this::ended;
  }

  private void ended(Ended request) {
    if (sink == null && request.nanos() <= slowNanos) {
      return;
    }
    // Counted first, so that the bound holds for any number of threads.
    if (queued.getAndIncrement() >= CAPACITY) {
      queued.decrementAndGet();
      lost.increment();
    } else {
      queue.add(request);
    }
  }

  /** How many requests are missing in the log. */
  long lost() {
    return lost.sum();
  }

  @Override
  public void start() throws IOException {
    OutputStream out;
    try {
      out = sink == null ? OutputStream.nullOutputStream() : sink.open();
    } catch (IOException e) {
      throw new IOException("cannot write to " + place + " (" + e + "): set SCALABLE_ACCESS_LOG to stdout, to off or to a file in a"
          + " folder that this process may write to", e);
    }
    writer = Thread.ofPlatform().name("access-log").daemon().start(() -> follow(new Lines(out)));
  }

  /** The stream, and what was told of it. */
  private static final class Lines {
    final OutputStream out;
    final StringBuilder batch = new StringBuilder();
    boolean failing;
    long told = System.nanoTime() - TELL_EVERY.toNanos();
    long lostWhenTold;

    Lines(OutputStream out) {
      this.out = out;
    }
  }

  private void follow(Lines lines) {
    while (true) {
      // Asked before looking: what was noted before the stop is then seen by the last look.
      boolean last = stopped;
      int taken = take(lines);
      if (taken > 0) {
        write(lines, taken);
      } else if (last) {
        end(lines);
        return;
      } else {
        LockSupport.parkNanos(LOOK_EVERY.toNanos());
      }
      tellLosses(lines, false);
    }
  }

  /** Moves at most a batch of requests from the queue into the lines to be written. */
  private int take(Lines lines) {
    int taken = 0;
    for (Ended request = queue.poll(); request != null; request = taken < BATCH ? queue.poll() : null) {
      queued.decrementAndGet();
      taken++;
      if (sink != null) {
        line.append(lines.batch, request);
      }
      if (request.nanos() > slowNanos) {
        log.atWarn().addKeyValue("requestId", request.id()).addKeyValue("traceId", request.traceId())
            .log("{} {} {} took {} ms, more than {}, and was answered {}", request.id(), request.method(), request.path(),
                request.nanos() / 1_000_000, slowNanos / 1_000_000, request.status());
      }
    }
    return taken;
  }

  private void write(Lines lines, int requests) {
    byte[] bytes = lines.batch.toString().getBytes(ISO_8859_1);
    lines.batch.setLength(0);
    try {
      // At once, so that lines of others on the same stream come between ours and not into them.
      lines.out.write(bytes);
      lines.out.flush();
      if (lines.failing) {
        log.info("The access log is written again");
      }
      lines.failing = false;
    } catch (IOException | UncheckedIOException e) {
      lost.add(requests);
      if (!lines.failing) {
        log.warn("The access log cannot be written to {}; requests are missing in it until it can: {}", place, e.toString());
      }
      lines.failing = true;
    }
  }

  private void end(Lines lines) {
    tellLosses(lines, true);
    if (!place.equals(TelemetrySettings.STDOUT)) {
      try {
        lines.out.close();
      } catch (IOException e) {
        log.debug("What the access log was written to could not be closed", e);
      }
    }
  }

  private void tellLosses(Lines lines, boolean now) {
    long missing = lost.sum();
    if (missing > lines.lostWhenTold && (now || System.nanoTime() - lines.told >= TELL_EVERY.toNanos())) {
      log.warn("{} requests are missing in the access log since the last such line: they come faster than {} takes them",
          missing - lines.lostWhenTold, place);
      lines.told = System.nanoTime();
      lines.lostWhenTold = missing;
    }
  }

  /** Writes what is left; gives up after 5 s, and says what is lost then. */
  @Override
  public void stop() throws InterruptedException {
    stopped = true;
    Thread running = writer;
    if (running == null) {
      return;
    }
    LockSupport.unpark(running);
    if (!running.join(LAST_LINES)) {
      lost.add(queued.get());
      log.warn("The last {} requests are missing in the access log: {} took no more of it in {} s", queued.get(), place,
          LAST_LINES.toSeconds());
    }
  }
}
