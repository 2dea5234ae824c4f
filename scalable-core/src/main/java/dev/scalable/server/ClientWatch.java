package dev.scalable.server;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Notices that a client leaves while its request is worked on: its side of the connection ends, or is reset. Such a
 * request counts as 499. A handler is not interrupted, since it may be in the middle of a transaction whose end nobody
 * could tell then; its answer is tried to be given, for a client that has ended its side only. What makes a body as it
 * is sent is ended.
 *
 * <p>A client that has sent its next request already is not watched: what stands behind that cannot be seen. Made on
 * the IO thread, once its request is complete; {@link #whenGone} may be called by any thread.
 */
final class ClientWatch {

  private static final Logger log = LoggerFactory.getLogger(ClientWatch.class);

  private static final AttachmentKey<ClientWatch> KEY = AttachmentKey.create(ClientWatch.class);

  private final HttpServerExchange exchange;
  private final AbstractServerConnection connection;
  private final Observed observed;

  /** Both guarded by this. */
  private final List<Runnable> hooks = new ArrayList<>(1);
  private boolean gone;

  private ClientWatch(HttpServerExchange exchange, AbstractServerConnection connection) {
    this.exchange = exchange;
    this.connection = connection;
    this.observed = Observed.of(exchange);
  }

  /** Watches the client of a request; does nothing where it cannot be watched. */
  static void start(HttpServerExchange exchange) {
    AbstractServerConnection connection = (AbstractServerConnection) exchange.getConnection();
    if (!exchange.isRequestComplete() || connection.getExtraBytes() != null || !connection.isOpen()) {
      return;
    }
    ClientWatch watch = new ClientWatch(exchange, connection);
    exchange.putAttachment(KEY, watch);
    connection.getChannel().getSourceChannel().setReadListener(readable -> watch.look());
    // Undertow has suspended them in this turn of the IO thread, and resumes them after the answer: this costs no
    // system call.
    connection.getOriginalSourceConduit().resumeReads();
  }

  /** The watch over the client of a request; null if there is none. */
  static @Nullable ClientWatch of(HttpServerExchange exchange) {
    return exchange.getAttachment(KEY);
  }

  private void look() {
    StreamSourceConduit source = connection.getOriginalSourceConduit();
    PooledByteBuffer read = connection.getByteBufferPool().allocate();
    int count;
    try {
      count = source.read(read.getBuffer());
    } catch (IOException e) {
      count = -1;
    }
    if (count > 0) {
      // The next request, for the one who reads requests.
      source.suspendReads();
      read.getBuffer().flip();
      connection.setExtraBytes(read);
      return;
    }
    read.close();
    if (count < 0) {
      source.suspendReads();
      left();
    }
  }

  private void left() {
    if (!exchange.isResponseStarted()) {
      observed.clientLeft();
    }
    log.debug("{} has lost its client", observed.id());
    List<Runnable> told;
    synchronized (this) {
      gone = true;
      told = List.copyOf(hooks);
    }
    told.forEach(Runnable::run);
  }

  /** Has something run when the client leaves, now if it has left; on the IO thread, or on this one. */
  void whenGone(Runnable hook) {
    synchronized (this) {
      if (!gone) {
        hooks.add(hook);
        return;
      }
    }
    hook.run();
  }
}
