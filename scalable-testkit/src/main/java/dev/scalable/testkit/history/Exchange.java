package dev.scalable.testkit.history;

import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One request of a run and how it ended. Immutable. All times are since the start of the run, by the clock of the
 * test's JVM ({@link System#nanoTime()}), so that the exchanges of all users can be put in one order.
 */
public final class Exchange {
  private static final Comparator<Exchange> BY_START = Comparator.comparingLong(exchange -> exchange.start);

  private final String run;
  private final int user;
  private final int sequence;
  private final String step;
  private final String method;
  private final String path;
  private final long intended;
  private final long start;
  private final long firstByte;
  private final long end;
  private final boolean reused;
  private final @Nullable String instance;
  private final @Nullable String idempotencyKey;
  private final Outcome outcome;

  private Exchange(Draft draft, long end, Outcome outcome) {
    this.run = draft.run;
    this.user = draft.user;
    this.sequence = draft.sequence;
    this.step = draft.step;
    this.method = draft.method;
    this.path = draft.path;
    this.intended = draft.intended;
    this.start = draft.start;
    this.firstByte = draft.firstByte < 0 ? end : draft.firstByte;
    this.end = end;
    this.reused = draft.reused;
    this.instance = draft.instance;
    this.idempotencyKey = draft.idempotencyKey;
    this.outcome = outcome;
  }

  /** Begins to write down a GET of {@code /} at the start of the run, of which the rest is to be said. */
  public static Draft of(String run, int user, int sequence) {
    return new Draft(run, user, sequence);
  }

  /** Returns the order of the starts. */
  public static Comparator<Exchange> byStart() {
    return BY_START;
  }

  /** Returns the run's own part of the request id. */
  public String run() {
    return run;
  }

  /** Returns who sent it, from 0: a user of a closed model, an arrival of an open one. */
  public int user() {
    return user;
  }

  /** Returns the number of the request among those of the user, from 0. */
  public int sequence() {
    return sequence;
  }

  /** Returns the name of the request in the description of the load, such as {@code GET /orders/{id}}. */
  public String step() {
    return step;
  }

  /** Returns the HTTP method. */
  public String method() {
    return method;
  }

  /** Returns the path as it was sent, with its query. */
  public String path() {
    return path;
  }

  /** Returns when it was to be sent; without a schedule that is when it was. */
  public Duration intended() {
    return Duration.ofNanos(intended);
  }

  /** Returns when it was taken up, before any connecting. */
  public Duration start() {
    return Duration.ofNanos(start);
  }

  /** Returns when the first byte of the answer arrived; the end, if none did. */
  public Duration firstByte() {
    return Duration.ofNanos(firstByte);
  }

  /** Returns when the last byte of the answer arrived, or it became clear that it would not. */
  public Duration end() {
    return Duration.ofNanos(end);
  }

  /** Returns the time from the start of the request to its end: what the system took. */
  public Duration serviceTime() {
    return Duration.ofNanos(end - start);
  }

  /** Returns the time from the intended start to the end: what one who came by the schedule had to wait. */
  public Duration responseTime() {
    return Duration.ofNanos(end - intended);
  }

  /** Returns whether it was sent on a connection that had carried an answer before. */
  public boolean reused() {
    return reused;
  }

  /** Returns who answered, by the instance header; null if nobody, or nobody who said so. */
  public @Nullable String instance() {
    return instance;
  }

  /** Returns the value of its {@code Idempotency-Key}; null if it carried none. */
  public @Nullable String idempotencyKey() {
    return idempotencyKey;
  }

  /** Returns how it ended. */
  public Outcome outcome() {
    return outcome;
  }

  /** Returns how it is counted. */
  public Fate fate() {
    return outcome.fate(write());
  }

  /** Returns whether it may change state: its method is not a safe one (RFC 9110 section 9.2.1). */
  public boolean write() {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE" -> false;
      default -> true;
    };
  }

  /** Returns the value that the request carried as {@code X-Request-Id}, unique among all runs. */
  public String requestId() {
    return requestId(run, user, sequence);
  }

  /** Returns the request id that belongs to a place in a run. */
  public static String requestId(String run, int user, int sequence) {
    return run + '-' + user + '-' + sequence;
  }

  /** Returns one line: request id, request, instance, when it started, how long it took and why it ended as it did. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s %s %s by %s at %.3f s%s, after %.1f ms: %s",
        requestId(), method, path, instance == null ? "nobody known" : instance, start / 1e9,
        start - intended < 1_000_000 ? "" : String.format(Locale.ROOT, " (%.1f ms late)", (start - intended) / 1e6),
        (end - start) / 1e6, outcome.reason());
  }

  /** What is known of an exchange before its end. For one thread, and one exchange. */
  public static final class Draft {
    private final String run;
    private final int user;
    private final int sequence;
    private String step = "GET /";
    private String method = "GET";
    private String path = "/";
    private long intended;
    private long start;
    private long firstByte = -1;
    private boolean reused;
    private @Nullable String instance;
    private @Nullable String idempotencyKey;

    private Draft(String run, int user, int sequence) {
      this.run = run;
      this.user = user;
      this.sequence = sequence;
    }

    /** Says what is sent: name of the request in the load, method, path as sent. */
    public Draft request(String newStep, String newMethod, String newPath) {
      this.step = newStep;
      this.method = newMethod;
      this.path = newPath;
      return this;
    }

    /** Says which {@code Idempotency-Key} it carries, if any. */
    public Draft idempotencyKey(@Nullable String key) {
      this.idempotencyKey = key;
      return this;
    }

    /** Says when it is taken up, which was also its intended time. */
    public Draft start(Duration at) {
      return start(at, at);
    }

    /** Says when it was to be taken up and when it is. */
    public Draft start(Duration intendedAt, Duration at) {
      this.intended = intendedAt.toNanos();
      this.start = at.toNanos();
      return this;
    }

    /** Says on what kind of connection it is sent. */
    public Draft reused(boolean reusedConnection) {
      this.reused = reusedConnection;
      return this;
    }

    /** Says when the first byte of an answer came, and from whom if that is known. */
    public Draft answered(Duration firstByteAt, @Nullable String byInstance) {
      this.firstByte = firstByteAt.toNanos();
      this.instance = byInstance;
      return this;
    }

    /** Returns the exchange that ended so. */
    public Exchange ended(Duration at, Outcome outcome) {
      return new Exchange(this, at.toNanos(), outcome);
    }
  }
}
