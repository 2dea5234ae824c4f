package dev.scalable.testkit.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.scalable.testkit.cluster.Cluster;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.api.TestInstance;

/** Each bug makes the promise fail that it breaks, by an assertion that names what is wrong; without it all is kept. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedBugsTest {
  private static final ShopSuite SUITE = new ShopSuite();

  /** A test of the suite. */
  @FunctionalInterface
  private interface Promise {
    void test(Cluster cluster) throws Exception;
  }

  /** How a bug gets into a cluster, and what takes it out again. */
  @FunctionalInterface
  private interface Planting {
    AutoCloseable into(Cluster cluster) throws Exception;
  }

  private record Planted(String name, Planting planting, String test, Promise promise, List<String> words) {
    @Override
    public String toString() {
      return name + " breaks " + test;
    }
  }

  private final Set<String> kept = new HashSet<>();
  private final Cluster cluster = Shop.cluster().start();

  @AfterAll void close() {
    cluster.close();
  }

  @ParameterizedTest
  @MethodSource
  void a_bug_fails_the_test_that_is_meant_for_it(Planted bug) throws Exception {
    if (kept.add(bug.test)) {
      bug.promise.test(cluster);
    }
    Throwable failure;
    try (AutoCloseable planted = bug.planting.into(cluster)) {
      failure = catchThrowable(() -> bug.promise.test(cluster));
    } finally {
      cluster.restore();
    }
    assertThat(failure).as("what the test says of " + bug.name).isInstanceOf(AssertionError.class);
    bug.words.forEach(word -> assertThat(failure).hasMessageContaining(word));
    System.out.println("--- " + bug + "\n" + failure.getMessage());
  }

  static List<Planted> a_bug_fails_the_test_that_is_meant_for_it() {
    return List.of(
        new Planted("round robin without zone", cluster -> AlteredNginx.replacing(cluster,
                Map.of("parts/upstream.conf", Map.of("zone ", ""))),
            "requests_are_dealt_out_evenly", SUITE::requests_are_dealt_out_evenly,
            List.of("expected an even distribution", "app-1=", "app-2=")),
        new Planted("retry off", cluster -> AlteredNginx.replacing(cluster,
                Map.of("parts/proxy.conf", Map.of("proxy_next_upstream error", "proxy_next_upstream off;"),
                    "parts/routes.conf", Map.of("proxy_next_upstream error", "proxy_next_upstream off;"))),
            "a_killed_instance_loses_no_keyed_order", SUITE::a_killed_instance_loses_no_keyed_order,
            List.of("expected nothing to be lost", "made by the balancer")),
        app(Bug.DRAIN_OFF, "a_restarted_instance_loses_no_order", SUITE::a_restarted_instance_loses_no_order,
            "expected nothing to be lost", "502 made by the balancer"),
        app(Bug.KEY_IGNORED, "an_order_is_placed_once_however_often_it_is_sent",
            SUITE::an_order_is_placed_once_however_often_it_is_sent, "the answer when the order is sent again"),
        app(Bug.DOUBLE_INSERT, "each_acknowledged_order_is_placed_exactly_once",
            SUITE::each_acknowledged_order_is_placed_exactly_once, "orders placed", "80"),
        app(Bug.OVERSELL, "no_more_is_sold_than_there_is", SUITE::no_more_is_sold_than_there_is, "sold of 20"),
        app(Bug.REQUEST_ID_LOST, "an_order_can_be_traced_to_its_request",
            SUITE::an_order_can_be_traced_to_its_request, "request ids of orders"),
        app(Bug.LEAKED_CONNECTION, "refused_orders_leave_no_transaction_open",
            SUITE::refused_orders_leave_no_transaction_open, "transactions that nobody ends"),
        app(Bug.LOST_UPDATE, "no_increment_is_lost", SUITE::no_increment_is_lost,
            "of what was acknowledged before it began is missing"),
        app(Bug.REGISTER_IN_MEMORY, "a_register_is_linearizable", SUITE::a_register_is_linearizable,
            "expected linearizable"),
        app(Bug.SWALLOWED_ERROR, "every_acknowledged_element_is_in_the_set",
            SUITE::every_acknowledged_element_is_in_the_set, "are lost"),
        app(Bug.IDS_PER_INSTANCE, "no_ticket_is_given_twice", SUITE::no_ticket_is_given_twice,
            "expected ids to be unique"),
        new Planted("slow instance", cluster -> {
          Shop.become(cluster.instance(2), Bug.SLOW);
          return () -> Shop.become(cluster);
        }, "no_instance_is_slower_than_the_others", SUITE::no_instance_is_slower_than_the_others,
            List.of("service time of each instance", "app-2")),
        app(Bug.SESSION_IN_MEMORY, "a_cart_is_the_same_at_every_instance",
            SUITE::a_cart_is_the_same_at_every_instance, "the cart, as app-1 has it"),
        app(Bug.STATE_FILE, "a_note_is_found_at_every_instance", SUITE::a_note_is_found_at_every_instance,
            "the note, as app-2 has it"),
        app(Bug.LIMIT_IN_MEMORY, "two_instances_let_a_client_in_as_often_as_one",
            SUITE::two_instances_let_a_client_in_as_often_as_one, "calls let in of 24", "20"));
  }

  private static Planted app(Bug bug, String test, Promise promise, String... words) {
    return new Planted(bug.label(), cluster -> {
      Shop.become(cluster, bug);
      return () -> Shop.become(cluster);
    }, test, promise, List.of(words));
  }
}
