package dev.scalable.http;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a handler answers: a status, headers and a body. A value; handlers return it and the server alone writes it.
 *
 * @param status the status code, 200 to 599
 * @param headers headers in the order they are sent; the server adds its own
 * @param body the body
 */
public record Response(int status, List<Header> headers, Body body) {

  /** Checks the status and copies the headers. */
  public Response {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("A response has a final status, 200 to 599, but this one has " + status);
    }
    headers = List.copyOf(headers);
  }

  /**
   * One header line.
   *
   * @param name name of the header
   * @param value its value, on one line
   */
  public record Header(String name, String value) {

    /**
     * What frames the message or names the answer: the server alone knows these, and two of them could contradict each
     * other.
     */
    private static final Set<String> OF_THE_SERVER = caseless("Connection", "Content-Length", "Date", "Keep-Alive",
        "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "X-Instance-Id", "X-Request-Id");

    /**
     * Refuses what could forge further headers or cannot be sent: a name that is not a token, control or non-ASCII
     * characters in a value (RFC 9110 sections 5.1 and 5.5), and headers that the server sets itself: those of the
     * message's framing and of the connection (RFC 9112), {@code Date}, {@code X-Request-Id} and {@code X-Instance-Id}.
     */
    public Header {
      if (name.isEmpty() || !name.chars().allMatch(Header::token)) {
        throw new IllegalArgumentException("A header's name consists of letters, digits and hyphens, but this one does not: " + name);
      }
      if (OF_THE_SERVER.contains(name)) {
        throw new IllegalArgumentException("The server sets the header " + name + " itself; leave it out");
      }
      checkValue(name, value);
    }

    private static void checkValue(String name, String value) {
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if ((c < ' ' && c != '\t') || c > '~') {
          throw new IllegalArgumentException("The value of header " + name + " has a character at " + i
              + " that is a control character or not ASCII; encode it");
        }
      }
    }

    private static Set<String> caseless(String... names) {
      Set<String> all = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      all.addAll(List.of(names));
      return Collections.unmodifiableSet(all);
    }

    private static boolean token(int c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
  }

  /** The body of a response. */
  public sealed interface Body {

    /** No body at all. */
    record None() implements Body {}

    /**
     * Bytes as they are.
     *
     * @param contentType value of the Content-Type header
     * @param content the bytes; not copied, so not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // identity is fine: a body is written once and never compared
    record Bytes(String contentType, byte[] content) implements Body {
      /** Refuses a type that cannot stand in a header. */
      public Bytes {
        checkType(contentType);
      }
    }

    /**
     * A part of some bytes, or all of them, that are kept for more than this answer. What waits for a slow client costs
     * nothing, and so is not counted.
     *
     * @param contentType value of the Content-Type header
     * @param content the bytes; not copied, so not to be changed
     * @param from index of the first byte that is sent
     * @param to index after the last one
     */
    @SuppressWarnings("ArrayRecordComponent") // as above
    record Part(String contentType, byte[] content, int from, int to) implements Body {
      /** Refuses a type that cannot stand in a header, and a part that the bytes do not have. */
      public Part {
        checkType(contentType);
        Objects.checkFromToIndex(from, to, content.length);
      }
    }

    /**
     * A value that the server writes as JSON.
     *
     * @param value the value, encoded by the JSON codec of the service
     */
    record Json(Object value) implements Body {}

    /**
     * A file, read while it is sent.
     *
     * @param contentType value of the Content-Type header
     * @param path the file
     */
    record File(String contentType, Path path) implements Body {
      /** Refuses a type that cannot stand in a header. */
      public File {
        checkType(contentType);
      }
    }

    /**
     * Bytes that are made while they are sent.
     *
     * @param contentType value of the Content-Type header
     * @param length how many bytes there will be; empty when that is not known before
     * @param writer makes them
     */
    record Stream(String contentType, OptionalLong length, Writer writer) implements Body {
      /** Refuses a type that cannot stand in a header. */
      public Stream {
        checkType(contentType);
      }
    }

    /**
     * Events, sent as they happen.
     *
     * @param opener what is done with the stream
     */
    record Events(EventStream.Opener opener) implements Body {}

    private static void checkType(String contentType) {
      if (contentType.isEmpty()) {
        throw new IllegalArgumentException("A body has a Content-Type, but this one's is empty");
      }
      Header.checkValue("Content-Type", contentType);
    }
  }

  /** Makes a body while it is sent. */
  @FunctionalInterface
  public interface Writer {

    /**
     * Writes the body. Runs on a handler thread; a write waits while the client does not read. The request's deadline
     * holds until the first bytes leave (16 KiB, or a flush); after that, a client for which bytes wait and that takes
     * none of them for the server's write timeout (15 seconds) is cut off. When the client leaves, the thread is
     * interrupted.
     *
     * @param out where to write; need not be closed
     * @throws Exception to fail: with an error as from a handler while nothing has left yet, else by cutting the
     *     connection, so that the client does not take half a body for a whole one. An {@code IOException} of {@code
     *     out} means that the client has gone
     */
    void writeTo(OutputStream out) throws Exception;
  }

  private static final Body NONE = new Body.None();

  /**
   * 200 with a JSON body.
   *
   * @param value the value to encode
   */
  public static Response ok(Object value) {
    return json(200, value);
  }

  /**
   * 201 with the address of what was made and a JSON body.
   *
   * @param location path or URI of the new resource (RFC 9110 section 10.2.2)
   * @param value the value to encode
   */
  public static Response created(String location, Object value) {
    return json(201, value).header("Location", location);
  }

  /** 204 without a body. */
  public static Response noContent() {
    return new Response(204, List.of(), NONE);
  }

  /**
   * A status without a body.
   *
   * @param status the status code
   */
  public static Response status(int status) {
    return new Response(status, List.of(), NONE);
  }

  /**
   * A status with a JSON body.
   *
   * @param status the status code
   * @param value the value to encode
   */
  public static Response json(int status, Object value) {
    return new Response(status, List.of(), new Body.Json(value));
  }

  /**
   * 200 with plain text in UTF-8.
   *
   * @param text the text
   */
  public static Response text(String text) {
    return new Response(200, List.of(),
        new Body.Bytes("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * 200 with a file. A file that is not there is what the handler failed with; so is one that changes its size while it
   * is sent.
   *
   * @param contentType value of the Content-Type header
   * @param path the file
   */
  public static Response file(String contentType, Path path) {
    return new Response(200, List.of(), new Body.File(contentType, path));
  }

  /**
   * 200 with a body that is made while it is sent, in chunks.
   *
   * @param contentType value of the Content-Type header
   * @param writer makes the body; not called for HEAD
   */
  public static Response stream(String contentType, Writer writer) {
    return new Response(200, List.of(), new Body.Stream(contentType, OptionalLong.empty(), writer));
  }

  /**
   * 200 with a body of a known length that is made while it is sent.
   *
   * @param contentType value of the Content-Type header
   * @param length how many bytes the writer will write, neither more nor less
   * @param writer makes the body; not called for HEAD
   */
  public static Response stream(String contentType, long length, Writer writer) {
    if (length < 0) {
      throw new IllegalArgumentException("A body has a length of 0 or more, but this one has " + length);
    }
    return new Response(200, List.of(), new Body.Stream(contentType, OptionalLong.of(length), writer));
  }

  /**
   * 200 with a stream of events, which outlives the handler and its deadline.
   *
   * @param opener what is done with the stream, once the response has begun
   */
  public static Response events(EventStream.Opener opener) {
    return new Response(200, List.of(), new Body.Events(opener));
  }

  /**
   * This response with the tag of its version. A GET or HEAD whose {@code If-None-Match} has this tag is answered 304
   * without the body.
   *
   * @param tag the tag
   */
  public Response withTag(EntityTag tag) {
    return header("ETag", tag.toString());
  }

  /**
   * This response with one more header.
   *
   * @param name name of the header
   * @param value its value, on one line
   */
  public Response header(String name, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new Response(status, more, body);
  }
}
