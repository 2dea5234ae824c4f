package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.ClusterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The ports of one cluster. A reserved port stays with the cluster until it is closed, also while nobody listens on it:
 * no other cluster of this user takes it, in this JVM or in another. A process that is not ours may; a node that finds
 * its port in use says so, and is given another one where that is possible.
 *
 * <p>The lock of port p is byte p of one file, held open by one channel per JVM for good: POSIX would drop all of them
 * when any descriptor of the file is closed. The range lies below the ports that Linux gives to outgoing connections
 * (32768 and up, ip_local_port_range), which a load generator uses by the thousand.
 */
final class Ports implements AutoCloseable {
  private static final int FIRST = 20_000;
  private static final int COUNT = 12_000;

  private static @Nullable FileChannel locks;

  private final Deque<FileLock> held = new ArrayDeque<>();

  /** Reserves a free port. */
  synchronized int reserve() {
    int start = ThreadLocalRandom.current().nextInt(COUNT);
    for (int i = 0; i < COUNT; i++) {
      int port = FIRST + (start + i) % COUNT;
      FileLock lock = lock(port);
      if (lock != null) {
        if (isFree(port)) {
          held.add(lock);
          return port;
        }
        release(lock);
      }
    }
    throw new ClusterException("no free port from " + FIRST + " to " + (FIRST + COUNT - 1) + " on 127.0.0.1");
  }

  /** Whether nobody listens on {@code port}. */
  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Gives all ports back. */
  @Override
  public synchronized void close() {
    for (FileLock lock = held.poll(); lock != null; lock = held.poll()) {
      release(lock);
    }
  }

  private static @Nullable FileLock lock(int port) {
    try {
      return locks().tryLock(port, 1, false);
    } catch (OverlappingFileLockException e) {
      return null; // another cluster of this JVM has it
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock port " + port, e);
    }
  }

  private static void release(FileLock lock) {
    try {
      lock.release();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unlock port " + lock.position(), e);
    }
  }

  private static synchronized FileChannel locks() throws IOException {
    if (locks == null) {
      locks = FileChannel.open(
          WorkFolder.path().resolve("ports.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
    return locks;
  }
}
