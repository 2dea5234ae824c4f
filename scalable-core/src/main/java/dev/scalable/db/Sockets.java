package dev.scalable.db;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sockets for the driver that keep the limit on a wait for the server without a timer for each read. A timed wait of a
 * virtual thread wakes the JDK's timer thread when it begins, and almost all end early: for a query by key that is a
 * good part of what it costs.
 */
final class Sockets {

  private static final Logger log = LoggerFactory.getLogger(Sockets.class);

  private Sockets() {}

  /** Public for the driver, which makes it by its name and asks for no other sockets than unconnected ones. */
  public static final class Factory extends SocketFactory {

    @Override
    public Socket createSocket() {
      return new Watched();
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
      throw new UnsupportedOperationException();
    }
  }

  /**
   * A socket that is closed when a read has taken as long as its timeout. With one below a second, in which the driver
   * looks whether something has come, it is as any other: a read ends, and the socket stays.
   */
  private static final class Watched extends Socket {

    private static final int LEAST_MILLIS = 1_000;
    private static final long NOT = Long.MAX_VALUE;

    /** Zero if there is none that is watched. */
    private volatile int timeoutMillis;
    private volatile long readingSince = NOT;
    private @Nullable Thread watch;

    @Override
    public synchronized void setSoTimeout(int millis) throws SocketException {
      boolean watched = millis >= LEAST_MILLIS;
      super.setSoTimeout(watched ? 0 : millis);
      timeoutMillis = watched ? millis : 0;
    }

    @Override
    public synchronized int getSoTimeout() throws SocketException {
      int watched = timeoutMillis;
      return watched > 0 ? watched : super.getSoTimeout();
    }

    @Override
    public void connect(SocketAddress server, int timeout) throws IOException {
      super.connect(server, timeout);
      watch = Thread.ofVirtual().name("db-read-limit").start(this::watch);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          readingSince = System.nanoTime();
          try {
            return in.read(bytes, offset, length);
          } finally {
            readingSince = NOT;
          }
        }
      };
    }

    /** Asleep until the read that goes on, or one that may begin at any time from now, has reached the limit. */
    private void watch() {
      while (!isClosed()) {
        int millis = timeoutMillis;
        long since = readingSince;
        long limit = TimeUnit.MILLISECONDS.toNanos(Math.max(LEAST_MILLIS, millis));
        long left = since == NOT ? limit : limit - (System.nanoTime() - since);
        if (left > 0 || millis == 0) {
          LockSupport.parkNanos(this, Math.max(left, TimeUnit.MILLISECONDS.toNanos(LEAST_MILLIS) / 4));
        } else {
          log.warn("The database has sent nothing for {} ms on a connection that waits for it; it is given up", millis);
          cut();
        }
      }
    }

    private void cut() {
      try {
        close();
      } catch (IOException e) {
        log.debug("A socket that is given up was not closed in good order", e);
      }
    }

    @Override
    public void close() throws IOException {
      super.close();
      if (watch != null) {
        LockSupport.unpark(watch);
      }
    }
  }
}
