package dev.scalable.testkit.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One line of the balancer's access log: what Nginx did with one request. Immutable. Times have a precision of a
 * millisecond.
 *
 * @param ended when Nginx was done with it, by the clock of its machine
 * @param requestId the client's {@code X-Request-Id}, or the one that Nginx made in its place
 * @param method as Nginx understood it; GET for a request that it could not read
 * @param uri the request target as it was sent, with its query; {@code (not ASCII)} for one that is not
 * @param status of the answer to the client; 499 if the client left before, 0 if no answer was begun
 * @param took from the first byte of the request to the last one of the answer
 * @param attempts at instances, in their order; none if Nginx answered by itself
 */
public record AccessLogEntry(
    Instant ended, String requestId, String method, String uri, int status, Duration took, List<Attempt> attempts) {

  /** Makes the list of attempts immutable. */
  public AccessLogEntry {
    attempts = List.copyOf(attempts);
  }

  /** Whether Nginx sent it, or tried to, more than once. */
  public boolean retried() {
    return attempts.size() > 1;
  }

  /** Returns the entry in one line. */
  @Override
  public String toString() {
    return requestId + " " + method + " " + uri + ": " + status + " after " + took.toMillis() + " ms; "
        + (attempts.isEmpty()
            ? "sent to no instance"
            : attempts.stream().map(Attempt::toString).collect(Collectors.joining("; ")));
  }

  /**
   * One attempt of Nginx to have a request answered.
   *
   * @param address of the instance; the name of the upstream, without a port, if Nginx took all instances for failed
   * @param status what the instance answered, or what Nginx made of its silence: 502, 504; 0 if it was given up
   * @param connect how long it took to get a connection; null if none was got
   * @param header how long it took until the head of the answer was there; null if it never was
   * @param response how long it took until the answer had ended, or the attempt had failed; null if that is not known
   */
  public record Attempt(
      String address, int status, @Nullable Duration connect, @Nullable Duration header, @Nullable Duration response) {

    /** Whether the instance answered; else the attempt was in vain. */
    public boolean answered() {
      return header != null;
    }

    /** How long it took, in vain or not; zero if that is not known. */
    public Duration took() {
      return response == null ? Duration.ZERO : response;
    }

    /** Returns the attempt in a few words. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          answered() ? "%s answered %d after %d ms" : connect == null
              ? "%s: no connection (%d) after %d ms" : "%s: no answer (%d) after %d ms",
          address, status, took().toMillis());
    }
  }
}
