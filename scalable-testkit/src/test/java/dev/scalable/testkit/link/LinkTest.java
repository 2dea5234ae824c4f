package dev.scalable.testkit.link;

import static dev.scalable.testkit.link.Target.read;
import static dev.scalable.testkit.link.Target.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.scalable.testkit.link.Target.Pair;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each fault does to connections that there are, to new ones, and what is left of it after restore. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LinkTest {
  private static final Duration HOUR = Duration.ofHours(1);

  /** How long to look for something that must not come. */
  private static final int LOOK_MILLIS = 200;

  private final Target target = new Target();
  private final Link link = Link.to(target.address());

  LinkTest() throws IOException {}

  @AfterEach
  void end() throws IOException {
    link.close();
    target.close();
  }

  @Test void latency_is_added_to_each_round_trip_of_old_and_new_connections() throws IOException {
    Pair old = target.connect(link);
    assertThat(link.latency(Duration.ofMillis(60), Duration.ZERO)).isEqualTo(1);
    for (Pair pair : new Pair[] {old, target.connect(link)}) {
      long begin = System.nanoTime();
      assertThat(pair.works()).isTrue();
      assertThat(pair.works()).isTrue();
      assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(Duration.ofMillis(120).toNanos());
    }
  }

  @Test void jitter_keeps_to_its_bounds_and_never_changes_the_order() throws IOException {
    Pair pair = target.connect(link);
    link.latency(Duration.ofMillis(40), Duration.ofMillis(40));
    StringBuilder sent = new StringBuilder();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      send(pair.client(), "" + letter);
      link.connections(); // a turn of the link's thread: each letter comes alone
      sent.append(letter);
    }
    assertThat(read(pair.server(), sent.length())).isEqualTo(sent.toString());

    link.latency(Duration.ofMillis(40), Duration.ofMillis(10));
    for (int i = 0; i < 10; i++) {
      long begin = System.nanoTime();
      assertThat(pair.works()).isTrue();
      assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(Duration.ofMillis(30).toNanos());
    }
  }

  @Test void what_waits_because_of_a_latency_goes_on_when_the_link_is_restored() throws IOException {
    Pair pair = target.connect(link);
    link.latency(HOUR, Duration.ZERO);
    send(pair.client(), "late");
    assertNothingComes(pair.server());
    assertThat(link.restore()).isEqualTo(1);
    assertThat(read(pair.server(), 4)).isEqualTo("late");
    assertThat(pair.works()).isTrue();
  }

  @Test void the_end_of_a_stream_does_not_overtake_bytes_that_wait() throws IOException {
    Pair pair = target.connect(link);
    link.latency(Duration.ofMillis(100), Duration.ZERO);
    send(pair.client(), "last words");
    pair.client().shutdownOutput();
    assertThat(read(pair.server(), 100)).isEqualTo("last words");
  }

  @Test void bandwidth_is_shared_by_all_connections() throws IOException {
    Pair one = target.connect(link);
    Pair two = target.connect(link);
    assertThat(link.bandwidth(100_000, Duration.ofSeconds(1))).isEqualTo(2);
    long begin = System.nanoTime();
    send(one.client(), "1".repeat(20_000));
    send(two.client(), "2".repeat(20_000));
    // They take turns: neither has to wait for all of the other one's bytes.
    assertThat(read(one.server(), 20_000)).isEqualTo("1".repeat(20_000));
    assertThat(System.nanoTime() - begin).isGreaterThan(Duration.ofMillis(300).toNanos());
    assertThat(read(two.server(), 20_000)).isEqualTo("2".repeat(20_000));
    assertThat(System.nanoTime() - begin).isGreaterThan(Duration.ofMillis(370).toNanos());
  }

  @Test void what_waits_for_bandwidth_goes_on_when_the_link_is_restored() throws IOException {
    Pair pair = target.connect(link);
    link.bandwidth(1, HOUR);
    send(pair.client(), "slow");
    assertNothingComes(pair.server());
    link.restore();
    assertThat(read(pair.server(), 4)).isEqualTo("slow");
  }

  @Test void what_waits_for_bandwidth_goes_by_the_new_one_when_that_changes() throws IOException {
    Pair pair = target.connect(link);
    link.bandwidth(1, HOUR);
    send(pair.client(), "slow");
    assertNothingComes(pair.server());
    link.bandwidth(1_000_000, Duration.ofSeconds(1));
    assertThat(read(pair.server(), 4)).isEqualTo("slow");
  }

  @Test void cut_resets_old_connections_and_refuses_new_ones_until_restored_at_the_same_address() throws IOException {
    Pair one = target.connect(link);
    Pair two = target.connect(link);
    InetSocketAddress address = link.address();
    assertThat(link.cut()).isEqualTo(2);
    for (Socket end : new Socket[] {one.client(), one.server(), two.client(), two.server()}) {
      assertReset(end);
    }
    assertThatThrownBy(() -> target.client(link)).isInstanceOf(ConnectException.class);
    assertThat(link.connections()).isZero();
    assertThat(link.cut()).as("a second time").isZero();

    assertThat(link.restore()).isZero();
    assertThat(link.address()).isEqualTo(address);
    assertThat(target.connect(link).works()).isTrue();
  }

  /** Else the system may give it to anybody, for an outgoing connection, and the link could not be restored. */
  @Test void a_cut_link_keeps_its_port() throws IOException {
    link.cut();
    try (Socket other = new Socket()) {
      other.setReuseAddress(false);
      assertThatThrownBy(() -> other.bind(link.address())).isInstanceOf(SocketException.class);
    }
  }

  @Test void a_client_that_nobody_has_accepted_yet_is_cut_off_as_well() throws IOException {
    for (int i = 0; i < 50; i++) {
      Socket client = target.client(link);
      assertThat(link.cut()).as("connected is connected").isEqualTo(1);
      assertReset(client);
      target.accept().close();
      link.restore();
    }
  }

  @Test void a_black_hole_loses_every_byte_and_every_end_without_a_word() throws IOException {
    Pair pair = target.connect(link);
    Pair left = target.connect(link);
    Pair gone = target.connect(link);
    assertThat(link.blackhole()).isEqualTo(3);
    send(pair.client(), "lost");
    send(pair.server(), "lost too");
    left.client().close();
    gone.client().setSoLinger(true, 0);
    gone.client().close();
    link.latency(Duration.ofMillis(1), Duration.ZERO); // changes nothing in the dark
    assertNothingComes(pair.server());
    assertNothingComes(pair.client());
    assertNothingComes(left.server());
    assertNothingComes(gone.server());
    assertThat(link.bytesToTarget() + link.bytesToClients()).isZero();

    Socket fresh = target.client(link);
    send(fresh, "anybody?");
    assertNothingComes(fresh);
    assertThatThrownBy(() -> target.accept(LOOK_MILLIS)).isInstanceOf(SocketTimeoutException.class);
  }

  @Test void what_was_lost_in_a_black_hole_never_comes_and_its_connection_is_reset_when_restored() throws IOException {
    Pair lost = target.connect(link);
    Pair quiet = target.connect(link);
    link.blackhole();
    send(lost.client(), "lost");
    Socket mute = target.client(link);
    Socket talker = target.client(link);
    send(talker, "lost as well");
    assertNothingComes(lost.server());
    assertNothingComes(talker);

    assertThat(link.restore()).isEqualTo(4);
    assertReset(lost.client());
    assertReset(lost.server());
    assertReset(talker);
    assertThat(quiet.works()).isTrue();
    assertThat(new Pair(mute, target.accept()).works()).as("nothing of it was lost").isTrue();
  }

  @Test void what_was_on_its_way_is_lost_in_a_black_hole() throws IOException {
    Pair pair = target.connect(link);
    link.latency(HOUR, Duration.ZERO);
    send(pair.client(), "on its way");
    await().until(() -> pair.client().getLocalPort() > 0 && link.connections() == 1);
    assertNothingComes(pair.server());
    link.blackhole();
    link.restore();
    assertReset(pair.server());
    assertReset(pair.client());
  }

  @Test void a_connection_that_both_sides_have_left_in_a_black_hole_is_gone() throws IOException {
    Pair pair = target.connect(link);
    link.blackhole();
    pair.client().close();
    pair.server().close();
    await().until(() -> link.connections() == 0);
  }

  @Test void a_reset_by_order_ends_the_connections_that_there_are_and_no_others() throws IOException {
    Pair one = target.connect(link);
    assertThat(link.resetPeer()).isEqualTo(1);
    assertReset(one.client());
    assertReset(one.server());
    assertThat(target.connect(link).works()).isTrue();
  }

  @Test void a_half_closed_client_reads_the_end_and_can_still_send() throws IOException {
    Pair pair = target.connect(link);
    assertThat(pair.works()).isTrue();
    assertThat(link.halfClose()).isEqualTo(1);
    assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
    send(pair.client(), "still here");
    assertThat(read(pair.server(), 10)).isEqualTo("still here");
    send(pair.server(), "answer");
    pair.client().close();
    assertThat(pair.server().getInputStream().read()).isEqualTo(-1);
    await().until(() -> link.connections() == 0);

    assertThat(target.connect(link).works()).as("a new one").isTrue();
  }

  @Test void what_was_on_its_way_to_a_half_closed_client_is_lost() throws IOException {
    Pair pair = target.connect(link);
    link.latency(HOUR, Duration.ZERO);
    send(pair.server(), "on its way");
    assertNothingComes(pair.client());
    link.halfClose();
    assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
    link.restore();
    send(pair.client(), "still here");
    assertThat(read(pair.server(), 10)).isEqualTo("still here");
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "7", "9"})
  void after_its_bytes_a_connection_is_reset(int bytes) throws IOException {
    Pair old = target.connect(link);
    assertThat(old.works()).isTrue();
    assertThat(link.limitBytes(bytes)).isEqualTo(1);
    for (Pair pair : new Pair[] {old, target.connect(link)}) {
      send(pair.client(), "123");
      int there = Math.min(3, bytes);
      assertThat(read(pair.server(), there)).isEqualTo("123".substring(0, there));
      if (bytes > 3) {
        send(pair.server(), "abcdefghij");
        assertThat(read(pair.client(), bytes - 3)).isEqualTo("abcdefghij".substring(0, bytes - 3));
      }
      assertReset(pair.client());
      assertReset(pair.server());
    }
    link.restore();
    assertThat(target.connect(link).works()).isTrue();
  }

  @Test void a_connection_that_keeps_within_its_bytes_lives() throws IOException {
    Pair pair = target.connect(link);
    link.limitBytes(9);
    assertThat(pair.works()).as("nine bytes").isTrue();
    assertNothingComes(pair.client());
    link.restore();
    assertThat(pair.works()).isTrue();
  }

  @Test void faults_add_up_and_are_all_taken_away_at_once() throws IOException {
    link.latency(Duration.ofMillis(20), Duration.ofMillis(5));
    link.bandwidth(64_000, Duration.ofSeconds(1));
    link.limitBytes(500);
    assertThat(link).hasToString("link " + link.address() + " -> " + target.address() + ": 0 connections,"
        + " latency 20 ms, up or down 5 ms, bandwidth 64000 bytes/s, at most 500 bytes per connection");
    link.blackhole();
    link.cut();
    assertThat(link.toString()).endsWith(", black hole, cut");
    link.restore();
    assertThat(link.toString()).endsWith(": 0 connections, no fault");
  }

  @Test void what_is_not_possible_is_said_with_its_values() {
    assertThatThrownBy(() -> link.latency(Duration.ofMillis(1), Duration.ofMillis(2)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("PT0.001S with a jitter of PT0.002S");
    assertThatThrownBy(() -> link.bandwidth(0, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0 bytes in PT1S");
    assertThatThrownBy(() -> link.limitBytes(-1))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("-1");
    assertThatThrownBy(() -> Link.to(target.address(), target.address()))
        .hasMessageContaining("cannot listen at " + target.address() + " for a link to " + target.address());
  }

  @Test void a_link_can_listen_at_any_address_and_port_of_this_machine() throws IOException {
    InetSocketAddress all = new InetSocketAddress(InetAddress.getByName("0.0.0.0"), 0);
    int port;
    try (Link open = Link.to(target.address(), all)) {
      port = open.address().getPort();
      assertThat(open.address().getAddress().isAnyLocalAddress()).isTrue();
    }
    try (Link again = Link.to(target.address(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      assertThat(again.address().getPort()).isEqualTo(port);
      assertThat(target.connect(again).works()).isTrue();
    }
  }

  private static void assertReset(Socket end) {
    assertThatThrownBy(() -> end.getInputStream().read())
        .isInstanceOf(SocketException.class).hasMessageContaining("reset");
  }

  private static void assertNothingComes(Socket end) throws IOException {
    end.setSoTimeout(LOOK_MILLIS);
    assertThatThrownBy(() -> end.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    end.setSoTimeout(Target.LIMIT_MILLIS);
  }
}
