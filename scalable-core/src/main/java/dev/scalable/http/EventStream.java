package dev.scalable.http;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Events for one client, sent as they happen (server-sent events, WHATWG HTML section 9.2). Opened by
 * {@link Response#events(Opener)}; it lives on when the handler has returned, without a thread, until the client goes, this instance
 * drains, or {@link #close()}.
 *
 * <p>A client that reads slower than events come is cut off once 1 MiB of them waits for it; it comes back, says by
 * {@link #lastEventId()} what it saw last, and is sent what it missed by an app that can. Each stream gets a comment every 5 seconds,
 * which keeps proxies from giving it up and finds out clients that have gone. When this instance drains, each gets an event of type
 * {@code reconnect} and ends; the client's browser then connects to another instance by itself.
 *
 * <p>Safe for use by many threads; events arrive in the order in which they were sent.
 */
public interface EventStream {

  /** What is done with a stream that was just opened. */
  @FunctionalInterface
  interface Opener {

    /**
     * Sends first events, or hands the stream to what will. Runs on a handler thread and may block.
     *
     * @param stream the stream
     * @throws Exception to end the stream; it is logged, since the response has begun
     */
    void opened(EventStream stream) throws Exception;
  }

  /**
   * One event.
   *
   * @param data what happened; each of its lines is sent as one
   * @param type what kind of event it is, on one line; null for the ordinary kind, {@code message}
   * @param id what the client names on its return, on one line; null to leave what it has
   * @param retry how long the client waits before it comes back, to the millisecond; null to leave what it has
   */
  record Event(String data, @Nullable String type, @Nullable String id, @Nullable Duration retry) {

    /** Refuses what would end the line it stands on, and so could forge further fields. */
    public Event {
      check("type", type);
      check("id", id);
      if (retry != null && retry.isNegative()) {
        throw new IllegalArgumentException("An event's retry is not negative, but this one's is " + retry);
      }
    }

    private static void check(String name, @Nullable String value) {
      if (value != null && value.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
        throw new IllegalArgumentException("An event's " + name + " is on one line and has no NUL, but this one's does not");
      }
    }

    /**
     * An event of the ordinary kind.
     *
     * @param data what happened
     */
    public static Event of(String data) {
      return new Event(data, null, null, null);
    }

    /** This event with a type. */
    public Event withType(String type) {
      return new Event(data, type, id, retry);
    }

    /** This event with an id. */
    public Event withId(String id) {
      return new Event(data, type, id, retry);
    }

    /** This event with a time after which the client comes back. */
    public Event withRetry(Duration retry) {
      return new Event(data, type, id, retry);
    }
  }

  /**
   * Sends an event. Never waits for the client.
   *
   * @param event the event
   * @return whether it was taken; false when the stream is closed, or closed now because its client is too slow. What was taken may
   *     still be lost with the connection
   */
  boolean send(Event event);

  /** The id of the last event that this client saw, as it says on its return; empty when it comes for the first time. */
  Optional<String> lastEventId();

  /** Whether events are still taken. */
  boolean isOpen();

  /**
   * Runs something once when the stream has closed for whatever reason, on a handler thread; at once if it is closed already.
   *
   * @param hook what to run
   */
  void onClose(Runnable hook);

  /** Ends the stream when what was sent is written. Without effect on a closed one. */
  void close();
}
