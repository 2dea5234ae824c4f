package dev.scalable.server;

import dev.scalable.http.Problem;
import io.undertow.conduits.ReadDataStreamSourceConduit;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A body that comes in chunks (RFC 9112 section 7.1), read to the letter: a size is 1 to 15 hexadecimal digits, lines
 * end in CR LF, and nothing stands between the data of a chunk and its end. Extensions and trailers are read over.
 *
 * <p>It takes the place of Undertow's own reader, which lets much pass that another server or proxy reads otherwise (a
 * size of nothing as the end, junk behind a chunk's data, bare line feeds), and which closes the connection where an
 * answer is due.
 *
 * <p>The connection of such a request carries no other, so what stands behind the body is nobody's. Of the IO thread
 * alone.
 */
final class ChunkedBody extends AbstractStreamSourceConduit<StreamSourceConduit> {

  /** A body that is none, or too large; the connection is still open for the answer. */
  static final class Refused extends IOException {

    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    Refused(Problem problem) {
      super(problem.getMessage());
      this.problem = problem;
    }

    /** What the client is to be told. */
    Problem problem() {
      return problem;
    }
  }

  private enum At { SIZE, EXTENSION, SIZE_END, DATA, DATA_CR, DATA_END, TRAILERS, TRAILER, TRAILER_END, LAST_END, END }

  private static final int MOST_DIGITS = 15;

  /** No extension is known that anybody uses. */
  private static final int LONGEST_EXTENSION = 256;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private static final int LONGEST_TRAILERS = 8 * 1024;

  /**
   * What is read away of a malformed body, so that the operating system need not reset the connection because of it.
   */
  private static final int MOST_READ_AWAY = 1024 * 1024;

  private final HttpServerExchange exchange;

  /** Borrowed while there is something in it to look at: a client that sends slowly holds none meanwhile. */
  private @Nullable PooledByteBuffer borrowed;
  private ByteBuffer raw = NOTHING;

  private At at = At.SIZE;
  private long size;
  private int digits;
  /** Bytes of this extension, or of all trailers. */
  private int beside;
  private long consumed;

  private ChunkedBody(StreamSourceConduit next, HttpServerExchange exchange) {
    super(next);
    this.exchange = exchange;
  }

  /** Has the body of a chunked request read by this. Called before anything of it is read. */
  static void of(HttpServerExchange exchange) {
    AbstractServerConnection connection = (AbstractServerConnection) exchange.getConnection();
    connection.getChannel().getSourceChannel().setConduit(new ChunkedBody(
        new ReadDataStreamSourceConduit(connection.getOriginalSourceConduit(), connection), exchange));
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int before = into.position();
    try {
      while (at != At.END && into.hasRemaining()) {
        if (!raw.hasRemaining() && !fill()) {
          break;
        }
        advance(into);
      }
    } finally {
      if (!raw.hasRemaining()) {
        giveBack();
      }
    }
    int count = into.position() - before;
    return count == 0 && at == At.END ? -1 : count;
  }

  /** Whether there is more to look at now. */
  private boolean fill() throws IOException {
    if (borrowed == null) {
      borrowed = exchange.getConnection().getByteBufferPool().getArrayBackedPool().allocate();
      raw = borrowed.getBuffer();
    }
    raw.clear();
    int count;
    try {
      count = next.read(raw);
    } finally {
      raw.flip();
    }
    if (count < 0) {
      throw new ClosedChannelException();
    }
    consumed += count;
    long most = exchange.getMaxEntitySize();
    if (most > 0 && consumed > most) {
      throw refused(BodySource.tooLarge(most));
    }
    return count > 0;
  }

  private void advance(ByteBuffer into) throws IOException {
    if (at == At.DATA) {
      data(into);
      return;
    }
    int b = raw.get() & 0xff;
    switch (at) {
      case SIZE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_END -> {
        lineFeed(b);
        sized();
      }
      case DATA_CR -> {
        expect(b == '\r', "more data than its size says stands in a chunk");
        at = At.DATA_END;
      }
      case DATA_END -> {
        lineFeed(b);
        size = 0;
        digits = 0;
        at = At.SIZE;
      }
      case TRAILERS, TRAILER -> trailer(b);
      case TRAILER_END -> {
        lineFeed(b);
        at = At.TRAILERS;
      }
      case LAST_END -> {
        lineFeed(b);
        end();
      }
      case DATA, END -> throw new IllegalStateException("Nothing of a body is looked at in " + at);
    }
  }

  private void data(ByteBuffer into) {
    int part = (int) Math.min(Math.min(size, raw.remaining()), into.remaining());
    into.put(raw.slice(raw.position(), part));
    raw.position(raw.position() + part);
    size -= part;
    if (size == 0) {
      at = At.DATA_CR;
    }
  }

  private void size(int b) throws IOException {
    int digit = b < 0x80 ? Character.digit(b, 16) : -1;
    if (digit >= 0) {
      digits++;
      expect(digits <= MOST_DIGITS, "the size of a chunk has more than " + MOST_DIGITS + " digits");
      size = size * 16 + digit;
      return;
    }
    expect(digits > 0 && (b == '\r' || b == ';'), "the size of a chunk is no hexadecimal number");
    beside = 0;
    at = b == '\r' ? At.SIZE_END : At.EXTENSION;
  }

  private void extension(int b) throws IOException {
    if (b == '\r') {
      at = At.SIZE_END;
      return;
    }
    expect(b >= ' ' || b == '\t', "a control character stands in the extension of a chunk");
    expect(++beside <= LONGEST_EXTENSION, "the extension of a chunk has more than " + LONGEST_EXTENSION + " bytes");
  }

  private void sized() throws IOException {
    if (size == 0) {
      beside = 0;
      at = At.TRAILERS;
      return;
    }
    long most = exchange.getMaxEntitySize();
    if (most > 0 && size > most) {
      throw refused(BodySource.tooLarge(most));
    }
    at = At.DATA;
  }

  private void trailer(int b) throws IOException {
    if (b == '\r') {
      at = at == At.TRAILERS ? At.LAST_END : At.TRAILER_END;
      return;
    }
    expect(b >= ' ' || b == '\t', "a control character stands in a trailer");
    expect(++beside <= LONGEST_TRAILERS, "the trailers have more than " + LONGEST_TRAILERS + " bytes");
    at = At.TRAILER;
  }

  private void lineFeed(int b) throws IOException {
    expect(b == '\n', "a line of it does not end in CR LF");
  }

  private void expect(boolean met, String otherwise) throws IOException {
    if (!met) {
      throw refused(Problem.badRequest("The body is not well chunked: " + otherwise));
    }
  }

  /** There is no telling where such a body ends, so it ends here, and with it what can be read of this connection. */
  private Refused refused(Problem problem) {
    try {
      for (int away = 0, count = 1; count > 0 && away < MOST_READ_AWAY; away += count) {
        raw.clear();
        count = next.read(raw);
      }
    } catch (IOException e) {
      // Nobody is left to be answered, which the writer of the answer will find out.
    }
    end();
    return new Refused(problem);
  }

  private void end() {
    at = At.END;
    giveBack();
    Connectors.terminateRequest(exchange);
  }

  private void giveBack() {
    raw = NOTHING;
    if (borrowed != null) {
      borrowed.close();
      borrowed = null;
    }
  }

  @Override
  public long read(ByteBuffer[] into, int from, int count) throws IOException {
    for (int i = from; i < from + count; i++) {
      if (into[i].hasRemaining()) {
        return read(into[i]);
      }
    }
    return 0;
  }

  @Override
  public long transferTo(long position, long count, FileChannel target) throws IOException {
    return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
  }

  @Override
  public long transferTo(long count, ByteBuffer through, StreamSinkChannel target) throws IOException {
    return IoUtils.transfer(new ConduitReadableByteChannel(this), count, through, target);
  }
}
