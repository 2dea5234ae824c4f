package dev.scalable.starter.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.check.SharedState;
import dev.scalable.db.Db;
import dev.scalable.http.EventStream;
import dev.scalable.http.EventStream.Event;
import dev.scalable.http.JsonCodec;
import dev.scalable.lifecycle.Part;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the streams of this instance what is sold anywhere. A client that comes back is first sent what it has missed, on
 * the thread of its own request, so that whoever has missed much keeps nobody waiting. Then one thread reads the journal
 * for all, from where the one that is furthest behind stands.
 *
 * <p>An event's id is its position in the journal, which means the same on every instance. A client that is cut off
 * names it on its return, to whichever instance, and misses nothing; or, if the journal was cleared since, is told so.
 */
@SharedState("the streams that are open on this instance; what they are told is in the database")
final class Feed implements Part {

  private static final Logger log = LoggerFactory.getLogger(Feed.class);

  private static final Duration EVERY = Duration.ofMillis(100);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final int BATCH = 500;

  /**
   * How many that have missed more than a batch may catch up at once. Each holds a place among the handlers and reads
   * the journal as fast as it can, and who names an old place need not have been away.
   */
  private static final int MOST_FAR_BEHIND = 8;

  private final Db db;
  private final JsonCodec json;
  private final Semaphore farBehind = new Semaphore(MOST_FAR_BEHIND);
  private final Map<EventStream, Position> streams = new ConcurrentHashMap<>();
  private @Nullable Thread thread;
  private volatile boolean stopped;

  Feed(Db db, JsonCodec json) {
    this.db = db;
    this.json = json;
  }

  @Override
  public String name() {
    return "the feed of sales";
  }

  /** Adds a stream, from where its client says it was, or else from now on. */
  void open(EventStream stream) {
    Position now = now();
    // A position that nobody has reached yet is of another database.
    Position from = stream.lastEventId().flatMap(Position::of).filter(named -> named.compareTo(now) <= 0).orElse(now);
    // A client that is cut off before the first sale is to name a position, too.
    if (!stream.send(Event.of("{}").withType("listening").withId(from.toString()))) {
      return;
    }
    Position reached = catchUp(stream, from);
    if (reached == null) {
      return;
    }
    streams.put(stream, reached);
    stream.onClose(() -> streams.remove(stream));
    LockSupport.unpark(thread);
  }

  /**
   * Sends what was missed since a position; returns the one that this leads to, or null if the client has gone, or was
   * told to come back for the rest.
   */
  private @Nullable Position catchUp(EventStream stream, Position since) {
    Position from = since;
    boolean far = false;
    try {
      while (true) {
        List<Journal.Row> missed = after(from);
        // Asked for after the rows, among which those may lack that were cleared meanwhile.
        Position horizon = horizon();
        if (from.compareTo(horizon) < 0) {
          from = horizon;
          if (!stream.send(Event.of("{}").withType("missed").withId(from.toString()))) {
            return null;
          }
          continue;
        }
        for (Journal.Row row : missed) {
          if (!stream.send(event(row))) {
            return null;
          }
          from = row.position();
        }
        if (missed.size() < BATCH) {
          return from;
        }
        if (!far) {
          far = farBehind.tryAcquire();
          if (!far) {
            comeBack(stream);
            return null;
          }
        }
      }
    } finally {
      if (far) {
        farBehind.release();
      }
    }
  }

  /** As a drain does: the client names what it has seen last, and goes on from there. */
  private static void comeBack(EventStream stream) {
    stream.send(Event.of("others catch up").withType("reconnect")
        .withRetry(Duration.ofMillis(1_000 + ThreadLocalRandom.current().nextInt(4_000))));
    stream.close();
  }

  private List<Journal.Row> after(Position from) {
    return db.readPrimary(tx -> tx.dao(Journal.class).after(from.transaction(), from.row(), BATCH));
  }

  private Event event(Journal.Row row) {
    return Event.of(new String(json.encode(row.sale()), UTF_8)).withType("sale").withId(row.position().toString());
  }

  private Position now() {
    Journal.Row last = db.readPrimary(tx -> tx.dao(Journal.class).last());
    return last == null ? horizon() : last.position();
  }

  private Position horizon() {
    String horizon = db.readPrimary(tx -> tx.dao(Journal.class).horizon());
    return Position.of(horizon == null ? "" : horizon).orElse(Position.START);
  }

  @Override
  public void start() {
    thread = Thread.ofPlatform().name("feed").daemon().start(this::follow);
  }

  @Override
  public void stop() throws InterruptedException {
    stopped = true;
    if (thread != null) {
      thread.interrupt();
      thread.join();
    }
  }

  private void follow() {
    boolean failing = false;
    while (!stopped) {
      Duration pause = EVERY;
      try {
        if (tell() == BATCH) {
          pause = Duration.ZERO;
        }
        failing = false;
      } catch (RuntimeException e) {
        if (!failing && !stopped) {
          log.warn("The journal of sales cannot be read, streams are silent until it can: {}", e.getMessage());
        }
        failing = true;
        pause = AFTER_FAILURE;
      }
      LockSupport.parkNanos(streams.isEmpty() ? Long.MAX_VALUE : pause.toNanos());
    }
  }

  /** Sends what is new to each stream; says how much there was for the one that was furthest behind. */
  private int tell() {
    Position from = streams.values().stream().min(Comparator.naturalOrder()).orElse(null);
    if (from == null) {
      return 0;
    }
    List<Journal.Row> rows = after(from);
    for (Journal.Row row : rows) {
      Event event = event(row);
      streams.forEach((stream, seen) -> {
        if (seen.compareTo(row.position()) < 0 && stream.send(event)) {
          // Not for one that was closed meanwhile.
          streams.computeIfPresent(stream, (same, before) -> row.position());
        }
      });
    }
    return rows.size();
  }
}
