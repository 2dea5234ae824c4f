package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Outcome;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a target, kept alive between requests and opened again when it must be. For one thread at a time.
 *
 * <p>Nothing is ever sent twice. A connection that the server closed while it was idle is found out before the request
 * is written, by a read that does not wait, and replaced: no request was lost, so none is counted. If the server closes
 * it in the instant after that check, the request was sent and its fate is the server's secret; that is reported as
 * {@link Outcome.ClosedBeforeResponse} on a reused connection, never hidden by a second attempt, which is what RFC 9110
 * section 9.2.2 allows for idempotent methods only and what makes general-purpose clients blind to lost requests.
 */
final class Connection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);
  private static final long WRITE_PAUSE_NANOS = 200_000;

  private final Target target;
  private final RequestWriter writer;
  private final ByteBuffer probe = ByteBuffer.allocateDirect(1);
  private @Nullable SocketChannel channel;
  private final ResponseReader reader = new ResponseReader(this::receive);
  private long deadline;
  private boolean carriedAnAnswer;
  private boolean reused;

  Connection(Target target) {
    this.target = target;
    this.writer = new RequestWriter(target.host());
  }

  /** Sends one request and reads its answer; throws {@link NoAnswerException} if there is none. */
  Answer send(Call call, String requestId) {
    reused = false;
    reader.forgetFirstByte();
    SocketChannel open = ready(call);
    reused = carriedAnAnswer;
    deadline = System.nanoTime() + target.readTimeout().toNanos();
    IOException unsent = write(open, writer.write(call, requestId));
    try {
      Answer answer = reader.read(call.method());
      if (reader.persistent() && unsent == null) {
        carriedAnAnswer = true;
      } else {
        close();
      }
      return answer;
    } catch (IOException failure) {
      if (unsent != null) {
        failure.addSuppressed(unsent);
      }
      throw failed(call, outcome(failure), failure);
    }
  }

  /** Connects now, if it is not connected and can be; if not, the next request will meet the reason. */
  void connect() {
    try {
      if (channel == null) {
        open();
      }
    } catch (IOException unreachable) {
      close();
    }
  }

  /** When the first byte of the answer to the last request arrived, by {@link System#nanoTime()}; 0 if none did. */
  long firstByte() {
    return reader.firstByte();
  }

  /** Whether the last request was sent on a connection that had carried an answer before. */
  boolean reused() {
    return reused;
  }

  @Override
  public void close() {
    carriedAnAnswer = false;
    SocketChannel open = channel;
    channel = null;
    reader.reset();
    if (open != null) {
      try {
        open.close();
      } catch (IOException failure) {
        // The connection is given up; how its end went tells nothing about any request.
        log.debug("closing a connection to {} failed", target.address(), failure);
      }
    }
  }

  /** A connection that can take a request, in non-blocking mode. */
  private SocketChannel ready(Call call) {
    try {
      SocketChannel open = channel;
      if (open != null && idleAndOpen(open)) {
        return open;
      }
      close();
      return open();
    } catch (SocketTimeoutException late) {
      throw failed(call, new Outcome.ConnectTimeout(), late);
    } catch (ExhaustedException | BindException own) {
      throw failed(call, new Outcome.Dropped("no socket left here: " + own.getMessage()), own);
    } catch (IOException refused) {
      throw failed(call, new Outcome.Refused(String.valueOf(refused.getMessage())), refused);
    }
  }

  private SocketChannel open() throws IOException {
    InetSocketAddress address = new InetSocketAddress(target.address().getHostString(), target.address().getPort());
    SocketChannel opened = socket();
    channel = opened;
    if (address.isUnresolved()) {
      throw new UnknownHostException("no address is known for " + address.getHostString());
    }
    opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
    opened.socket().connect(address, Math.toIntExact(target.connectTimeout().toMillis()));
    opened.configureBlocking(false);
    return opened;
  }

  private static SocketChannel socket() throws ExhaustedException {
    try {
      return SocketChannel.open();
    } catch (IOException failure) {
      throw new ExhaustedException(failure);
    }
  }

  /** Whether a read would have to wait: neither the end of the stream nor bytes that nobody asked for are there. */
  private boolean idleAndOpen(SocketChannel open) {
    try {
      open.configureBlocking(false);
      probe.clear();
      return open.read(probe) == 0;
    } catch (IOException broken) {
      return false;
    }
  }

  /**
   * Writes a request. Returns why it could not be written entirely, if so: then the server may have answered early, as
   * one does that refuses a large body, and there may still be an answer to read (RFC 9112 section 9.3).
   */
  private @Nullable IOException write(SocketChannel open, ByteBuffer request) {
    try {
      open.write(request);
      while (request.hasRemaining()) {
        probe.clear();
        if (open.read(probe) > 0) {
          reader.begin(probe.get(0));
          return new IOException("answered with " + request.remaining() + " bytes of the request not sent yet");
        }
        if (System.nanoTime() - deadline > 0) {
          return new SocketTimeoutException(request.remaining() + " bytes of the request could not be sent in time");
        }
        LockSupport.parkNanos(WRITE_PAUSE_NANOS);
        open.write(request);
      }
      return null;
    } catch (IOException failure) {
      return failure;
    }
  }

  private int receive(byte[] into, int from, int length) throws IOException {
    SocketChannel open = Objects.requireNonNull(channel);
    if (!open.isBlocking()) {
      open.configureBlocking(true);
    }
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException("no complete response within " + target.readTimeout());
    }
    open.socket().setSoTimeout(Math.toIntExact(millis));
    return open.socket().getInputStream().read(into, from, length);
  }

  private Outcome outcome(IOException failure) {
    return switch (failure) {
      case SocketTimeoutException late -> new Outcome.ReadTimeout();
      case ProtocolException wrong -> new Outcome.Malformed(String.valueOf(wrong.getMessage()));
      default -> reader.begun() ? new Outcome.ResetMidResponse() : new Outcome.ClosedBeforeResponse(reused);
    };
  }

  /** Closes the connection, whose state nobody knows now, and makes the exception. */
  private NoAnswerException failed(Call call, Outcome outcome, IOException cause) {
    close();
    return new NoAnswerException(call.toString(), outcome, cause);
  }

  /** This process can open no more sockets: nothing that the target could be blamed for. */
  private static final class ExhaustedException extends IOException {
    private static final long serialVersionUID = 1;

    ExhaustedException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
