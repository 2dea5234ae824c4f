package dev.scalable.testkit.history;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One request of a run and how it ended. All times are nanoseconds since the start of the run, by the clock of the
 * test's JVM ({@link System#nanoTime()}), so that exchanges of all users can be put in one order.
 *
 * @param run the run's own part of the request id
 * @param user the user that sent it, from 0
 * @param sequence the number of the request among those of the user, from 0
 * @param method the HTTP method
 * @param start when the user took it up, before any connecting
 * @param firstByte when the first byte of the answer arrived; equals {@code end} if none did
 * @param end when the last byte of the answer arrived, or it became clear that it would not
 * @param reused whether it was sent on a connection that had carried an answer before
 * @param instance who answered, by the instance header; null if nobody, or nobody who said so
 * @param outcome how it ended
 */
public record Exchange(
    String run,
    int user,
    int sequence,
    String method,
    long start,
    long firstByte,
    long end,
    boolean reused,
    @Nullable String instance,
    Outcome outcome) {

  /** Returns the value that the request carried as {@code X-Request-Id}, unique among all runs. */
  public String requestId() {
    return requestId(run, user, sequence);
  }

  /** Returns the request id that belongs to a place in a run. */
  public static String requestId(String run, int user, int sequence) {
    return run + '-' + user + '-' + sequence;
  }

  /** Returns the time from the start of the request to its end. */
  public Duration serviceTime() {
    return Duration.ofNanos(end - start);
  }

  /** Returns whether the request may change state: its method is not a safe one (RFC 9110 section 9.2.1). */
  public boolean write() {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE" -> false;
      default -> true;
    };
  }

  /** Returns how the request is counted. */
  public Fate fate() {
    return outcome.fate(write());
  }

  /** Returns one line: request id, method, instance, when it started, how long it took and why it ended as it did. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s %s by %s at %.3f s, after %.1f ms: %s",
        requestId(), method, instance == null ? "nobody known" : instance, start / 1e9, (end - start) / 1e6,
        outcome.reason());
  }
}
