package dev.scalable.testkit.link;

import static dev.scalable.testkit.link.Target.read;
import static dev.scalable.testkit.link.Target.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.testkit.link.Target.Pair;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Without a fault a link is a wire; while faults come and go it loses nothing unannounced; it ends whole. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LinkTransparencyTest {
  private static final int MEGABYTE = 1 << 20;

  private final Target target = new Target();
  private final Link link = Link.to(target.address());
  private final ExecutorService threads = Executors.newCachedThreadPool();

  LinkTransparencyTest() throws IOException {}

  @AfterEach
  void end() throws IOException {
    link.close();
    target.close();
    threads.shutdownNow();
  }

  @Test void every_byte_passes_unchanged_and_is_counted() throws Exception {
    byte[] sent = new byte[3 * MEGABYTE + 17];
    new Random(1).nextBytes(sent);
    Pair pair = target.connect(link);
    Future<Void> sending = threads.submit(write(pair.client(), sent));
    assertThat(pair.server().getInputStream().readNBytes(sent.length)).isEqualTo(sent);
    sending.get();
    sending = threads.submit(write(pair.server(), sent));
    assertThat(pair.client().getInputStream().readNBytes(sent.length)).isEqualTo(sent);
    sending.get();
    assertThat(link.bytesToTarget()).isEqualTo(sent.length);
    assertThat(link.bytesToClients()).isEqualTo(sent.length);
    assertThat(link.connections()).isEqualTo(1);
  }

  @Test void one_way_may_end_while_the_other_goes_on() throws IOException {
    Pair pair = target.connect(link);
    send(pair.client(), "question");
    pair.client().shutdownOutput();
    assertThat(read(pair.server(), 100)).isEqualTo("question");
    send(pair.server(), "answer");
    assertThat(read(pair.client(), 6)).isEqualTo("answer");
    assertThat(link.connections()).isEqualTo(1);
    pair.server().close();
    assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
    await().until(() -> link.connections() == 0);
  }

  @Test void a_reset_by_one_side_is_a_reset_for_the_other() throws IOException {
    Pair one = target.connect(link);
    one.client().setSoLinger(true, 0);
    one.client().close();
    assertThatThrownBy(() -> one.server().getInputStream().read()).isInstanceOf(SocketException.class);
    Pair two = target.connect(link);
    two.server().setSoLinger(true, 0);
    two.server().close();
    assertThatThrownBy(() -> two.client().getInputStream().read()).isInstanceOf(SocketException.class);
    await().until(() -> link.connections() == 0);
  }

  @Test void who_sends_faster_than_the_other_reads_has_to_wait() throws Exception {
    try (SocketChannel client = SocketChannel.open(link.address())) {
      Socket server = target.accept();
      client.configureBlocking(false);
      ByteBuffer megabyte = ByteBuffer.allocate(MEGABYTE);
      long written = 0;
      long lastProgress = System.nanoTime();
      while (System.nanoTime() - lastProgress < Duration.ofMillis(500).toNanos() && written < 200L * MEGABYTE) {
        int count = client.write(megabyte.clear());
        written += count;
        lastProgress = count > 0 ? System.nanoTime() : lastProgress;
        Thread.onSpinWait();
      }
      assertThat(written).as("bytes that nobody has read").isLessThan(64L * MEGABYTE);
      assertThat(new Pair(target.client(link), target.accept()).works()).as("meanwhile, another").isTrue();

      server.getInputStream().skipNBytes(written); // all of it comes in the end
      client.write(ByteBuffer.wrap(new byte[] {42}));
      assertThat(server.getInputStream().read()).isEqualTo(42);
    }
  }

  @Test void a_target_that_is_not_there_resets_the_client_and_can_come_later() throws IOException {
    int port;
    try (Target gone = new Target()) {
      port = gone.address().getPort();
    }
    try (Link early = Link.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> target.client(early).getInputStream().read()).isInstanceOf(SocketException.class);
      }
      assertThat(early.toString()).endsWith(": 0 connections, no fault");
      try (Target back = new Target(port)) {
        assertThat(back.connect(early).works()).isTrue();
      }
    }
  }

  @Test void a_name_is_looked_up_for_each_connection() throws IOException {
    InetSocketAddress name = InetSocketAddress.createUnresolved("localhost", target.address().getPort());
    try (Link byName = Link.to(name)) {
      assertThat(target.connect(byName).works()).isTrue();
    }
    try (Link nowhere = Link.to(InetSocketAddress.createUnresolved("no-such-host.invalid", 1))) {
      assertThatThrownBy(() -> target.client(nowhere).getInputStream().read()).isInstanceOf(SocketException.class);
      assertThat(nowhere.toString()).endsWith(": 0 connections, no fault");
    }
  }

  @Test void many_connections_echo_every_byte_while_latency_and_bandwidth_come_and_go() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Future<Void> weather = threads.submit(() -> {
      for (int i = 0; !done.get(); i++) {
        switch (i % 4) {
          case 0 -> link.latency(Duration.ofMillis(i % 7), Duration.ofMillis(i % 7));
          case 1 -> link.bandwidth(20 * MEGABYTE, Duration.ofSeconds(1));
          case 2 -> link.latency(Duration.ZERO, Duration.ZERO);
          default -> link.restore();
        }
        link.connections();
      }
      return null;
    });
    var echoes = IntStream.range(0, 8).mapToObj(i -> {
      try {
        Pair pair = target.connect(link);
        return threads.submit(() -> echo(pair, new Random(i)));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }).toList();
    for (Future<?> echo : echoes) {
      echo.get();
    }
    done.set(true);
    weather.get();
    assertThat(link.bytesToTarget()).isEqualTo(link.bytesToClients());
  }

  /** When the order has returned, not a byte passes, whatever is being sent at that moment. */
  @Test void a_black_hole_is_one_for_all_connections_at_one_moment() throws Exception {
    for (int round = 0; round < 20; round++) {
      AtomicBoolean done = new AtomicBoolean();
      var senders = IntStream.range(0, 4).mapToObj(i -> {
        try {
          Pair pair = target.connect(link);
          return threads.submit(() -> {
            while (!done.get()) {
              send(pair.client(), "x".repeat(1000));
              pair.server().getInputStream().skipNBytes(pair.server().getInputStream().available());
            }
            return null;
          });
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }).toList();
      long before = link.bytesToTarget();
      await().pollInterval(Duration.ofMillis(1)).until(() -> link.bytesToTarget() > before);
      assertThat(link.blackhole()).isEqualTo(4);
      long passed = link.bytesToTarget();
      for (int i = 0; i < 100; i++) {
        link.connections(); // another turn of the link's thread
        assertThat(link.bytesToTarget()).isEqualTo(passed);
      }
      done.set(true);
      for (Future<?> sender : senders) {
        sender.get();
      }
      assertThat(link.cut()).isEqualTo(4);
      link.restore();
    }
  }

  @Test void a_closed_link_leaves_no_thread_and_no_connection_and_can_be_closed_again() throws IOException {
    Pair pair = target.connect(link);
    assertThat(threadsOf(link)).isOne();
    link.close();
    link.close();
    assertThatThrownBy(() -> pair.client().getInputStream().read()).isInstanceOf(SocketException.class);
    assertThatThrownBy(() -> target.client(link)).isInstanceOf(SocketException.class);
    assertThat(threadsOf(link)).isZero();
    assertThat(link.connections()).isZero();
    assertThat(link.toString()).endsWith(": closed");
    assertThatThrownBy(link::cut)
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("cannot cut: the link is closed");
    try (Socket other = new Socket()) {
      other.setReuseAddress(false);
      other.bind(link.address());
    }
  }

  @Test @EnabledOnOs(OS.LINUX)
  void no_socket_is_left_whatever_happened_to_it() throws Exception {
    link.connections();
    long before = sockets();
    for (int i = 0; i < 20; i++) {
      try (Target other = new Target(); Link each = Link.to(other.address())) {
        other.connect(each).works();
        other.connect(each);
        each.halfClose();
        each.resetPeer();
        each.blackhole();
        send(other.client(each), "lost");
        other.client(each).close();
        each.cut();
        each.restore();
        Pair pair = other.connect(each);
        each.latency(Duration.ofHours(1), Duration.ZERO);
        send(pair.client(), "on its way");
      }
    }
    await().until(() -> sockets() <= before);
  }

  @Test void an_interrupt_is_kept_for_the_caller() throws IOException {
    Pair pair = target.connect(link);
    Thread.currentThread().interrupt();
    assertThat(link.cut()).isEqualTo(1);
    link.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(pair.client().isClosed()).isFalse();
    assertThat(threadsOf(link)).isZero();
  }

  private static Void echo(Pair pair, Random random) throws IOException {
    for (int i = 0; i < 60; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200_000)]; // in several pieces
      random.nextBytes(bytes);
      pair.client().getOutputStream().write(bytes);
      byte[] there = pair.server().getInputStream().readNBytes(bytes.length);
      pair.server().getOutputStream().write(there);
      assertThat(pair.client().getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }
    return null;
  }

  private static Callable<Void> write(Socket to, byte[] bytes) {
    return () -> {
      to.getOutputStream().write(bytes);
      return null;
    };
  }

  private static long threadsOf(Link link) {
    String name = "testkit-link-" + link.address().getPort();
    return Thread.getAllStackTraces().keySet().stream().filter(each -> each.getName().equals(name)).count();
  }

  private static long sockets() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(LinkTransparencyTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // it was the one of the listing
    }
  }
}
