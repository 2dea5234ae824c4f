package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The driver's sockets, against a server that says only what it is told to. */
class SocketsTest {

  private ServerSocket listener;
  private Socket socket;
  private Socket server;

  @BeforeEach
  void connect() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    socket = new Sockets.Factory().createSocket();
    socket.connect(listener.getLocalSocketAddress(), 5_000);
    server = listener.accept();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    socket.close();
    listener.close();
  }

  @Test
  void a_read_that_takes_too_long_ends_with_its_connection() throws IOException {
    socket.setSoTimeout(1_000);
    assertThat(socket.getSoTimeout()).isEqualTo(1_000);
    assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
    assertThat(socket.isClosed()).isTrue();
  }

  @Test
  void a_read_that_is_answered_in_time_does_not_count_against_the_next() throws IOException {
    socket.setSoTimeout(1_000);
    long began = System.nanoTime();
    for (int i = 0; System.nanoTime() - began < 1_500_000_000L; i++) {
      server.getOutputStream().write(i);
      assertThat(socket.getInputStream().read()).isEqualTo(i & 0xff);
    }
    assertThat(socket.isClosed()).isFalse();
  }

  @Test
  void a_short_look_whether_something_has_come_leaves_the_connection_as_it_is() throws IOException {
    socket.setSoTimeout(1);
    assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(1_000);
    server.getOutputStream().write(7);
    assertThat(socket.getInputStream().read()).isEqualTo(7);
  }
}
