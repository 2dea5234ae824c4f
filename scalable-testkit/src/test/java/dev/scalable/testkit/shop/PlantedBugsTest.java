package dev.scalable.testkit.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.scalable.testkit.cluster.Cluster;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/** Each bug makes the test of the suite fail that is meant for it, in words that name it; without it, it passes. */
@ShopTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedBugsTest {
  private static final String NO_RETRY = "proxy_next_upstream off;";

  /**
   * A bug and what finds it.
   *
   * @param bug the bug of the app; null if it is one of the balancer
   * @param test the method of the suite
   * @param words what the failure must say
   */
  record Planted(String name, @Nullable Bug bug, Planting planting, String test, List<String> words) {
    void run(Cluster cluster) throws Throwable {
      Method method = ShopSuite.class.getDeclaredMethod(test, Cluster.class);
      try {
        method.invoke(new ShopSuite(), cluster);
      } catch (InvocationTargetException failed) {
        throw failed.getCause();
      }
    }

    /** Whether its test says nothing where the machine does something else. */
    boolean measured() {
      return test.equals("products_are_read_quickly");
    }

    @Override
    public String toString() {
      return name + " breaks: " + test;
    }
  }

  private static final List<Planted> ALL = List.of(
      nginx("round robin without zone", Map.of("parts/upstream.conf", Map.of("zone ", "")),
          "requests_are_dealt_out_evenly", "expected an even distribution", "2 apart: {app-1="),
      nginx("retry off", Map.of(
              "parts/proxy.conf", Map.of("proxy_next_upstream error", NO_RETRY),
              "parts/routes.conf", Map.of("proxy_next_upstream error", NO_RETRY)),
          "a_killed_instance_loses_no_keyed_order", "expected nothing to be lost", "502 made by the balancer"),
      slow("no_instance_is_slower_than_the_others", "shortest service time of each instance", "app-2"),
      slow("products_are_read_quickly", "expected a p95 of at most 200.00 ms"),
      app(Bug.DRAIN_OFF, "a_restarted_instance_loses_no_order",
          "expected nothing to be lost", "502 made by the balancer"),
      app(Bug.KEY_IGNORED, "an_order_is_placed_once_however_often_it_is_sent",
          "expected no row of", "group by key having count(*) <> 1"),
      app(Bug.DOUBLE_INSERT, "an_order_is_placed_once_and_can_be_traced_to_its_request",
          "40 took effect more than once", "took effect 2 times"),
      app(Bug.REQUEST_ID_LOST, "an_order_is_placed_once_and_can_be_traced_to_its_request",
          "none of the keys of 40 writes", "request_id"),
      app(Bug.OVERSELL, "no_more_is_sold_than_there_is", "expected of each item that stock >= 0"),
      app(Bug.LEAKED_CONNECTION, "refused_orders_leave_no_transaction_open",
          "expected no row of", "idle in transaction"),
      app(Bug.LOST_UPDATE, "no_increment_is_lost", "of what was acknowledged before it began is missing"),
      app(Bug.LOST_UPDATE, "no_change_on_a_condition_is_lost", "acknowledged updates are lost"),
      app(Bug.REGISTER_IN_MEMORY, "a_register_is_linearizable", "expected linearizable", "read register-"),
      app(Bug.SWALLOWED_ERROR, "every_acknowledged_element_is_in_the_set",
          "expected the set to be complete", "is lost: known by"),
      app(Bug.IDS_PER_INSTANCE, "no_ticket_is_given_twice", "expected ids to be unique", "was given 2 times"),
      app(Bug.NO_INVALIDATION, "a_change_of_a_product_is_seen_everywhere_in_time",
          "expected every instance to show every write, but app-"),
      app(Bug.STALE_L1, "a_change_of_a_product_is_seen_everywhere_in_time",
          "expected every instance to show every write, but app-"),
      app(Bug.CACHED_ABSENT, "a_new_product_is_seen_everywhere_in_time",
          "expected every instance to show every write, but app-"),
      app(Bug.SESSION_IN_MEMORY, "a_cart_is_the_same_at_every_instance",
          "to need no state of an instance", "the step 'look' on app-"),
      app(Bug.STATE_FILE, "a_note_is_found_at_every_instance",
          "to need no state of an instance", "the step 'find' on app-"),
      app(Bug.LIMIT_IN_MEMORY, "two_instances_let_a_client_in_as_often_as_one",
          "to need no state of an instance", "the step 'call 11' on app-"));

  private final Set<String> passed = new HashSet<>();

  @ParameterizedTest(name = "{0}")
  @MethodSource
  @Tag("alone") // it measures
  void a_bug_that_takes_time_fails_the_test_that_measures(Planted bug, Cluster cluster) throws Throwable {
    a_bug_fails_the_test_that_is_meant_for_it(bug, cluster);
  }

  static List<Planted> a_bug_that_takes_time_fails_the_test_that_measures() {
    return ALL.stream().filter(Planted::measured).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void a_bug_fails_the_test_that_is_meant_for_it(Planted bug, Cluster cluster) throws Throwable {
    if (passed.add(bug.test)) {
      bug.run(cluster);
      cluster.restore();
    }
    Throwable failure;
    try (AutoCloseable planted = bug.planting.into(cluster)) {
      failure = catchThrowable(() -> bug.run(cluster));
      cluster.restore();
    }
    if (failure instanceof TestAbortedException inconclusive) { // of performance only: this machine cannot tell
      assertThat(bug.bug).isEqualTo(Bug.SLOW);
      throw inconclusive;
    }
    assertThat(failure).as("what the test says of " + bug.name).isInstanceOf(AssertionError.class);
    assertThat(failure.getMessage()).contains(bug.words);
  }

  static List<Planted> a_bug_fails_the_test_that_is_meant_for_it() {
    return ALL.stream().filter(planted -> !planted.measured()).toList();
  }

  @Test void every_bug_of_the_app_has_its_test() {
    assertThat(ALL).extracting(Planted::bug).containsAll(EnumSet.allOf(Bug.class));
  }

  @Test void every_test_of_the_suite_has_its_bug() {
    Set<String> suite = Arrays.stream(ShopSuite.class.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Test.class)).map(Method::getName).collect(Collectors.toSet());
    assertThat(ALL.stream().map(Planted::test).collect(Collectors.toSet())).isEqualTo(suite);
  }

  private static Planted nginx(
      String name, Map<String, Map<String, String>> linesByFile, String test, String... words) {
    return new Planted(name, null, Planting.inNginx(linesByFile), test, List.of(words));
  }

  private static Planted slow(String test, String... words) {
    return new Planted("slow instance", Bug.SLOW, Planting.at(2, Bug.SLOW), test, List.of(words));
  }

  private static Planted app(Bug bug, String test, String... words) {
    return new Planted(bug.label(), bug, Planting.everywhere(bug), test, List.of(words));
  }
}
