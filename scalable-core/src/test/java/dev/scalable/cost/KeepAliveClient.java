package dev.scalable.cost;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks for one path again and again, on some kept-alive connections and by one thread, with one request under way on each: as wrk
 * does, at some 5 us of CPU each. Every answer must be as long as the first, which must be a 200, or a 503. For one thread.
 */
final class KeepAliveClient implements AutoCloseable {

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: (\\d+)\r\n");
  private static final long PATIENCE_MS = 5_000;

  private final byte[] request;
  private final Selector selector = Selector.open();
  private final List<Connection> connections = new ArrayList<>();
  private final ByteBuffer answers = ByteBuffer.allocateDirect(64 * 1024);
  private final String head;
  private final int answerLength;

  /** A connection, and how much of the answer that it waits for has come. */
  private static final class Connection {
    final SocketChannel channel;
    int received;
    long asked;
    boolean refused;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }
  }

  KeepAliveClient(URI server, String path, int connections) throws IOException {
    this.request = ("GET " + path + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n\r\n").getBytes(ISO_8859_1);
    for (int i = 0; i < connections; i++) {
      this.connections.add(connect(server));
    }
    String first = first(this.connections.getFirst().channel);
    this.head = first.substring(0, first.indexOf("\r\n\r\n") + 4);
    this.answerLength = first.length();
    for (Connection connection : this.connections) {
      connection.channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, connection);
    }
  }

  private static Connection connect(URI server) throws IOException {
    SocketChannel channel = SocketChannel.open(new InetSocketAddress(server.getHost(), server.getPort()));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return new Connection(channel);
  }

  /** The whole of the first answer. */
  private String first(SocketChannel channel) throws IOException {
    channel.write(ByteBuffer.wrap(request));
    ByteBuffer answer = ByteBuffer.allocate(64 * 1024);
    while (true) {
      int count = channel.read(answer);
      String text = ISO_8859_1.decode(answer.duplicate().flip()).toString();
      if (count < 0) {
        throw new IOException("the connection was closed after " + text);
      }
      int end = text.indexOf("\r\n\r\n") + 4;
      Matcher length = LENGTH.matcher(text);
      if (end > 3 && length.find() && text.length() == end + Integer.parseInt(length.group(1))) {
        if (!text.startsWith("HTTP/1.1 200 ")) {
          throw new IOException("not a 200: " + text);
        }
        return text;
      }
    }
  }

  /** Status line and headers of the first answer. */
  String head() {
    return head;
  }

  /**
   * Sends so many requests and waits for their answers.
   *
   * @return how long each took until its answer was read to the end, in nanoseconds, in ascending order; those that were answered with
   *     a 503 are at the end, as if they had taken for ever
   */
  long[] send(int requests) throws IOException {
    long[] nanos = new long[requests];
    int sent = 0;
    int answered = 0;
    for (Connection connection : connections) {
      if (sent < requests) {
        ask(connection);
        sent++;
      }
    }
    while (answered < requests) {
      if (selector.select(PATIENCE_MS) == 0) {
        throw new IOException(requests - answered + " of " + requests + " requests have no answer after 5 s");
      }
      for (SelectionKey key : selector.selectedKeys()) {
        Connection connection = (Connection) key.attachment();
        if (whole(connection)) {
          nanos[answered++] = connection.refused ? Long.MAX_VALUE : System.nanoTime() - connection.asked;
          if (sent < requests) {
            ask(connection);
            sent++;
          }
        }
      }
      selector.selectedKeys().clear();
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private void ask(Connection connection) throws IOException {
    answers.clear().put(request).flip();
    connection.received = 0;
    connection.refused = false;
    connection.asked = System.nanoTime();
    while (answers.hasRemaining()) {
      connection.channel.write(answers);
    }
  }

  /** Reads what there is; whether the answer is complete. */
  private boolean whole(Connection connection) throws IOException {
    int count = connection.channel.read(answers.clear());
    connection.received += count;
    if (connection.received != answerLength && connection.received == count && isRefusal()) {
      connection.refused = true;
      return true;
    }
    if (count < 0 || connection.received > answerLength) {
      throw new IOException("an answer is not as the first was, or missing: " + connection.received + " bytes");
    }
    return connection.received == answerLength;
  }

  /** Whether what was just read is a whole 503: the server had too much to do. They are small, and come at once. */
  private boolean isRefusal() {
    String text = ISO_8859_1.decode(answers.duplicate().flip()).toString();
    Matcher length = LENGTH.matcher(text);
    return text.startsWith("HTTP/1.1 503 ") && length.find()
        && text.length() == text.indexOf("\r\n\r\n") + 4 + Integer.parseInt(length.group(1));
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }
}
