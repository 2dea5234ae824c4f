package dev.scalable.idempotency;

import dev.scalable.http.JsonCodec;
import dev.scalable.http.Response;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An answer as it is kept: the status, the headers that the handler gave it, and the bytes of its body. What filters
 * and the server add is added to each answer anew.
 *
 * @param status the status code
 * @param headers the headers, {@code Name: value}, one on a line
 * @param contentType the type of the body; null when there is none
 * @param content the body; null when there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String headers, @Nullable String contentType, byte @Nullable [] content) {

  private static final String REPLAYED = "Idempotent-Replayed";
  private static final int MOST_BYTES = 256 * 1024;

  /**
   * Besides 5xx, those that ask for the same request again, later (RFC 9110 section 15.5.9, RFC 8470, RFC 6585 section
   * 4).
   */
  private static final Set<Integer> COME_AGAIN = Set.of(408, 425, 429);

  /** Whether a response settles the request, so that a repeat gets it as well. */
  static boolean isFinal(Response response) {
    return response.status() < 500 && !COME_AGAIN.contains(response.status());
  }

  /**
   * What is kept of a response.
   *
   * @throws IllegalStateException if it cannot be kept, a mistake in the program
   */
  static Answer of(Response response, JsonCodec json) {
    String headers = response.headers().stream().map(header -> header.name() + ": " + header.value())
        .collect(Collectors.joining("\n"));
    return switch (response.body()) {
      case Response.Body.None none -> new Answer(response.status(), headers, null, null);
      case Response.Body.Json value ->
          new Answer(response.status(), headers, "application/json", bounded(json.encode(value.value())));
      case Response.Body.Bytes bytes ->
          new Answer(response.status(), headers, bytes.contentType(), bounded(bytes.content()));
      case Response.Body.Part part -> new Answer(response.status(), headers, part.contentType(),
          bounded(Arrays.copyOfRange(part.content(), part.from(), part.to())));
      default -> throw new IllegalStateException("A route that is answered once for each key has answered with "
          + response.body().getClass().getSimpleName() + ", which is made while it is sent and cannot be kept:"
          + " nothing was changed. Answer with its address");
    };
  }

  private static byte[] bounded(byte[] content) {
    if (content.length > MOST_BYTES) {
      throw new IllegalStateException("A route that is answered once for each key has answered with " + content.length
          + " bytes, and at most " + MOST_BYTES + " are kept: nothing was changed. Answer with an address, or with less");
    }
    return content;
  }

  /** The response. */
  Response response() {
    List<Response.Header> all = headers.lines().map(line -> line.split(": ", 2))
        .map(header -> new Response.Header(header[0], header[1])).toList();
    Response.Body body = contentType == null || content == null
        ? new Response.Body.None() : new Response.Body.Bytes(contentType, content);
    return new Response(status, all, body);
  }

  /** The response to a repeat, by which the client can tell. */
  Response replayed() {
    return response().header(REPLAYED, "true");
  }
}
