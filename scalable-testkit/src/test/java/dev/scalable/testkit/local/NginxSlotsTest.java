package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests are spread over instances, and what empty slots cost. */
class NginxSlotsTest {

  private static final int USERS = 4;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void requests_are_spread_exactly(int instances) throws Exception {
    List<Upstream> upstreams = IntStream.range(0, instances).mapToObj(i -> Upstream.answering()).toList();
    try (Nginx nginx = Nginx.before(upstreams.toArray(Upstream[]::new))) {
      // Workers that each counted for themselves would be even by chance at the end of some rounds, not of all.
      for (int round = 1; round <= 20; round++) {
        assertThat(inParallel(() -> statusesOnConnectionsOfTheirOwn(nginx, instances))).containsOnly(200);

        int each = USERS * round;
        assertThat(upstreams).extracting(upstream -> upstream.received().size()).containsOnly(each);
      }
    } finally {
      upstreams.forEach(Upstream::close);
    }
  }

  @Test
  void six_empty_slots_of_eight_cost_no_request_also_when_an_instance_dies() throws Exception {
    List<Socket> empty = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      empty.add(Upstream.nobody());
    }
    try (Upstream mortal = Upstream.answering();
        Upstream living = Upstream.answering()) {
      List<InetSocketAddress> slots = new ArrayList<>(empty.stream().map(NginxSlotsTest::address).toList());
      slots.add(2, mortal.address());
      slots.add(7, living.address());
      try (Nginx nginx = Nginx.before(slots, "")) {
        // Empty slots are tried again every second or two: the time has to span several of these.
        CompletableFuture<Void> death = CompletableFuture.runAsync(() -> closeAfter(mortal, 300));
        List<Integer> statuses = inParallel(() -> statusesDuring(nginx, Duration.ofSeconds(4)));
        death.join();

        assertThat(statuses).hasSizeGreaterThan(1_000).containsOnly(200);
        assertThat(mortal.received()).hasSizeGreaterThanOrEqualTo(300);
        assertThat(living.received()).hasSizeGreaterThan(300);
      }
    } finally {
      for (Socket socket : empty) {
        socket.close();
      }
    }
  }

  @Test
  void an_instance_that_starts_in_an_empty_slot_is_found_without_a_reload() throws IOException {
    try (Socket empty = Upstream.nobody();
        Upstream first = Upstream.answering();
        Nginx nginx = Nginx.before(List.of(address(empty), first.address()), "")) {
      assertThat(statuses(nginx, 20)).containsOnly(200);
      InetSocketAddress slot = address(empty);
      empty.close();

      try (Upstream late = Upstream.handlingAt(slot, exchange -> Upstream.answer(exchange, 200, "late"))) {
        await()
            .atMost(Duration.ofSeconds(5))
            .untilAsserted(
                () -> {
                  assertThat(statuses(nginx, 10)).containsOnly(200);
                  assertThat(late.received()).isNotEmpty();
                });
      }
    }
  }

  @Test
  void connections_to_instances_are_kept() throws Exception {
    try (Upstream one = Upstream.answering();
        Upstream two = Upstream.answering();
        Nginx nginx = Nginx.before(one, two)) {
      assertThat(inParallel(() -> statuses(nginx, 200))).containsOnly(200);

      int requests = one.received().size() + two.received().size();
      double reused = 1 - (one.connections() + two.connections()) / (double) requests;
      assertThat(reused).isGreaterThan(0.95);
    }
  }

  private static void closeAfter(Upstream upstream, int requests) {
    await().pollInterval(Duration.ofMillis(1)).until(() -> upstream.received().size() >= requests);
    upstream.close();
  }

  private static List<Integer> statusesOnConnectionsOfTheirOwn(Nginx nginx, int count) throws IOException {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      statuses.add(nginx.ask("GET /" + i).status());
    }
    return statuses;
  }

  private static List<Integer> statuses(Nginx nginx, int count) throws IOException {
    List<Integer> statuses = new ArrayList<>();
    try (Wire wire = nginx.connect()) {
      for (int i = 0; i < count; i++) {
        statuses.add(wire.ask("GET /" + i).status());
      }
    }
    return statuses;
  }

  private static List<Integer> statusesDuring(Nginx nginx, Duration time) throws IOException {
    List<Integer> statuses = new ArrayList<>();
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < time.toNanos()) {
      try (Wire wire = nginx.connect()) {
        boolean open = true;
        while (open && System.nanoTime() - begin < time.toNanos()) {
          Wire.Answer answer = wire.ask("GET /");
          statuses.add(answer.status());
          // A machine that is fast enough gets to the last request of a connection (keepalive_requests).
          open = !answer.header("connection").equals("close");
        }
      }
    }
    return statuses;
  }

  private static List<Integer> inParallel(Callable<List<Integer>> user) throws Exception {
    List<Integer> all = new ArrayList<>();
    try (ExecutorService users = Executors.newFixedThreadPool(USERS)) {
      for (Future<List<Integer>> done : users.invokeAll(IntStream.range(0, USERS).mapToObj(i -> user).toList())) {
        all.addAll(done.get());
      }
    }
    return all;
  }

  private static InetSocketAddress address(Socket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }
}
