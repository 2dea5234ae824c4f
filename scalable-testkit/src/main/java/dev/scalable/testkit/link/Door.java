package dev.scalable.testkit.link;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Where clients of a link come in. Shut, it refuses connections and keeps its port. For the thread of the selector.
 */
final class Door {
  private static final int BACKLOG = 1024;

  private final Selector selector;
  private final InetSocketAddress address;
  private @Nullable SocketChannel holder;
  private @Nullable ServerSocketChannel listener;

  private Door(Selector selector, InetSocketAddress address, SocketChannel holder) {
    this.selector = selector;
    this.address = address;
    this.holder = holder;
  }

  /**
   * Takes the port and listens.
   *
   * <p>A socket that is bound and does not listen holds the port for as long as the door exists. While the door is
   * shut, the system could otherwise give the port to any outgoing connection; even to one that is made to this very
   * port, which would then be connected to itself instead of refused.
   */
  static Door open(Selector selector, InetSocketAddress wanted) throws IOException {
    SocketChannel holder = SocketChannel.open();
    try {
      holder.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      holder.bind(wanted);
      Door door = new Door(selector, (InetSocketAddress) holder.getLocalAddress(), holder);
      door.open();
      return door;
    } catch (IOException | RuntimeException e) {
      holder.close();
      throw e;
    }
  }

  InetSocketAddress address() {
    return address;
  }

  boolean isShut() {
    return listener == null;
  }

  /** Listens; does nothing if it does. */
  void open() throws IOException {
    if (listener == null) {
      try {
        listener = listen();
      } catch (BindException notBesideTheHolder) { // Linux allows that, other systems may not
        if (holder == null) {
          throw notBesideTheHolder;
        }
        holder.close();
        holder = null;
        listener = listen();
      }
    }
  }

  /** Refuses connections from now on, and those that nobody has accepted yet. */
  void shut() throws IOException {
    if (listener != null) {
      listener.close();
      listener = null;
    }
  }

  /** The next client that waits; null if there is none. */
  @Nullable SocketChannel accept() throws IOException {
    return listener == null ? null : listener.accept();
  }

  /** Shuts it and gives the port back. */
  void close() throws IOException {
    shut();
    if (holder != null) {
      holder.close();
    }
  }

  private ServerSocketChannel listen() throws IOException {
    ServerSocketChannel opening = ServerSocketChannel.open();
    try {
      opening.configureBlocking(false);
      opening.bind(address, BACKLOG);
      opening.register(selector, SelectionKey.OP_ACCEPT, this);
      return opening;
    } catch (IOException | RuntimeException e) {
      opening.close();
      throw e;
    }
  }
}
