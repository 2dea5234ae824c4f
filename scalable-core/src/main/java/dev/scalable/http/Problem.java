package dev.scalable.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A failure that the client is told about, as a problem document (RFC 9457). Thrown by handlers; immutable. It carries
 * no stack trace, since it describes the request and not the program.
 *
 * <p>The detail is shown to the client: it must not hold secrets or the message of an unexpected exception.
 */
public final class Problem extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;
  private final String title;
  private final String detail;
  private final transient Map<String, Object> extensions;
  private final transient Map<String, String> headers;

  private Problem(int status, String type, String title, String detail, Map<String, Object> extensions,
      Map<String, String> headers) {
    super(status + " " + title + ": " + detail, null, false, false);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("A problem has a status of 400 to 599, but this one has " + status);
    }
    this.status = status;
    this.type = type;
    this.title = title;
    this.detail = detail;
    this.extensions = extensions;
    this.headers = headers;
  }

  /**
   * A problem of the general kind {@code about:blank}, which says no more than its status.
   *
   * @param status the status code, 400 to 599
   * @param title what the status means, the same for every occurrence
   * @param detail what happened this time, for the client to read
   */
  public static Problem of(int status, String title, String detail) {
    return new Problem(status, "about:blank", title, detail, Map.of(), Map.of());
  }

  /**
   * 400: the request cannot be understood.
   *
   * @param detail what is wrong with it
   */
  public static Problem badRequest(String detail) {
    return of(400, "Bad Request", detail);
  }

  /**
   * 404: there is nothing at this address.
   *
   * @param detail what was not found
   */
  public static Problem notFound(String detail) {
    return of(404, "Not Found", detail);
  }

  /**
   * 409: the request contradicts the present state.
   *
   * @param detail what it contradicts
   */
  public static Problem conflict(String detail) {
    return of(409, "Conflict", detail);
  }

  /**
   * 503: not now; the client may repeat the request.
   *
   * @param detail what is not available
   */
  public static Problem unavailable(String detail) {
    return of(503, "Service Unavailable", detail).header("Retry-After", "1");
  }

  /**
   * This problem with a type of its own.
   *
   * @param uri identifies the kind of problem (RFC 9457 section 3.1.1)
   */
  public Problem type(String uri) {
    return new Problem(status, uri, title, detail, extensions, headers);
  }

  /**
   * This problem with one more member in its document.
   *
   * @param name name of the member (RFC 9457 section 3.2)
   * @param value its value, encoded as JSON
   */
  public Problem with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(extensions);
    more.put(name, value);
    return new Problem(status, type, title, detail, more, headers);
  }

  /**
   * This problem with one more response header.
   *
   * @param name name of the header
   * @param value its value, on one line
   */
  public Problem header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(status, type, title, detail, extensions, more);
  }

  /** The status code, 400 to 599. */
  public int status() {
    return status;
  }

  /** What happened this time. */
  public String detail() {
    return detail;
  }

  /**
   * The response that carries this problem.
   *
   * @param requestId identity of the failed request, put into the document as {@code requestId}
   * @param traceId the trace it belongs to, put into the document as {@code traceId}
   */
  public Response response(String requestId, String traceId) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", type);
    document.put("title", title);
    document.put("status", status);
    document.put("detail", detail);
    document.put("requestId", requestId);
    document.put("traceId", traceId);
    document.putAll(extensions);
    Response response = Response.json(status, document).header("Content-Type", "application/problem+json");
    for (Map.Entry<String, String> header : headers.entrySet()) {
      response = response.header(header.getKey(), header.getValue());
    }
    return response;
  }
}
