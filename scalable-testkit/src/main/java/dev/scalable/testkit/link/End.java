package dev.scalable.testkit.link;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One of the two sockets of a connection: the client's, or the target's. For the thread of the selector. */
final class End {
  private final Relay relay;
  private final SocketChannel channel;
  private final SelectionKey key;
  private int awaited;

  End(Relay relay, SocketChannel channel, Selector selector) throws IOException {
    this.relay = relay;
    this.channel = channel;
    channel.configureBlocking(false);
    // What one side sends at once the other gets at once: the link adds no delay of its own.
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    this.key = channel.register(selector, 0, this);
  }

  Relay relay() {
    return relay;
  }

  SocketChannel channel() {
    return channel;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** The number of bytes read; -1 if the peer will send no more. */
  int read(ByteBuffer into) throws IOException {
    return channel.read(into);
  }

  /** Writes as much as the socket takes now. */
  int write(ByteBuffer bytes) throws IOException {
    return channel.write(bytes);
  }

  /** Tells the peer that it gets no more; it may go on sending. */
  void finish() throws IOException {
    channel.shutdownOutput();
  }

  /** Says which of {@link SelectionKey}'s operations are of interest. */
  void await(int operations) {
    if (operations != awaited && key.isValid()) {
      key.interestOps(operations);
      awaited = operations;
    }
  }

  /** Closes it; the peer sees an orderly end. The socket is closed by the selector's next look. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed all the same, and there is nobody to whom it would matter.
    }
  }

  /** Closes it so that the peer sees a reset: with a linger time of zero, close sends RST in place of FIN. */
  void reset() {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      // The peer has reset it first.
    }
    close();
  }
}
