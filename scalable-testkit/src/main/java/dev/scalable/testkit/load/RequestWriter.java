package dev.scalable.testkit.load;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes requests into one buffer that is used again for the next (RFC 9112 section 3). */
final class RequestWriter {
  private final String host;
  private byte[] buffer = new byte[1024];
  private int length;

  RequestWriter(String host) {
    this.host = host;
  }

  /** The bytes of a request, valid until the next call. A Host or X-Request-Id of the call's own wins over ours. */
  ByteBuffer write(Call call, String requestId) {
    length = 0;
    text(call.method()).text(" ").text(call.path()).text(" HTTP/1.1\r\n");
    boolean ownHost = false;
    boolean ownId = false;
    for (var header : call.headers()) {
      ownHost |= header.getKey().equalsIgnoreCase("Host");
      ownId |= header.getKey().equalsIgnoreCase("X-Request-Id");
    }
    if (!ownHost) {
      header("Host", host);
    }
    if (!ownId) {
      header("X-Request-Id", requestId);
    }
    for (var header : call.headers()) {
      header(header.getKey(), header.getValue());
    }
    if (call.body().length > 0 || announcesBody(call.method())) {
      header("Content-Length", Integer.toString(call.body().length));
    }
    text("\r\n");
    require(call.body().length);
    System.arraycopy(call.body(), 0, buffer, length, call.body().length);
    length += call.body().length;
    return ByteBuffer.wrap(buffer, 0, length);
  }

  /** Methods that have a body as a rule say so when it is empty (RFC 9110 section 8.6). */
  private static boolean announcesBody(String method) {
    return switch (method) {
      case "POST", "PUT", "PATCH" -> true;
      default -> false;
    };
  }

  private void header(String name, String value) {
    text(name).text(": ").text(value).text("\r\n");
  }

  private RequestWriter text(String text) {
    require(text.length());
    for (int i = 0; i < text.length(); i++) {
      buffer[length++] = (byte) text.charAt(i);
    }
    return this;
  }

  private void require(int more) {
    if (length + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
    }
  }
}
