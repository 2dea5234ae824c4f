package dev.scalable.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.http.Method;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Measures what it takes to find a request's route, with 12, 201 and 1,002 templates. The bar: less than 1 us of 200. Each round asks
 * each table for each of its paths in turn, so that no prediction of branches learns one of them by heart.
 */
final class RoutingBench {

  private static final int ROUNDS = 41;
  private static final int LOOKUPS = 200_000;

  @Test
  void prints_the_time_and_the_memory_of_a_lookup() {
    com.sun.management.ThreadMXBean memory =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    System.out.printf(Locale.ROOT, "%n%s: %d processors, Java %s; %d rounds of %,d lookups%n", Instant.now(),
        Runtime.getRuntime().availableProcessors(), Runtime.version(), ROUNDS, LOOKUPS);
    List<ManyRoutes> tables = List.of(ManyRoutes.of(12), ManyRoutes.of(201), ManyRoutes.of(1_002));
    List<List<Double>> nanos = tables.stream().<List<Double>>map(table -> new ArrayList<>()).toList();
    long[] bytes = new long[tables.size()];
    for (int round = -10; round < ROUNDS; round++) {
      for (int i = 0; i < tables.size(); i++) {
        long allocated = memory.getCurrentThreadAllocatedBytes();
        long began = System.nanoTime();
        look(tables.get(i));
        double each = (double) (System.nanoTime() - began) / LOOKUPS;
        bytes[i] = (memory.getCurrentThreadAllocatedBytes() - allocated) / LOOKUPS;
        // The first ones are the compiler's.
        if (round >= 0) {
          nanos.get(i).add(each);
        }
      }
    }
    for (int i = 0; i < tables.size(); i++) {
      List<Double> sorted = nanos.get(i).stream().sorted().toList();
      System.out.printf(Locale.ROOT, "%,5d templates: %6.1f ns (quartiles %.1f to %.1f), %d bytes%n", tables.get(i).size(),
          sorted.get(ROUNDS / 2), sorted.get(ROUNDS / 4), sorted.get(ROUNDS * 3 / 4), bytes[i]);
    }
  }

  private static void look(ManyRoutes routes) {
    int found = 0;
    for (int i = 0; i < LOOKUPS; i++) {
      found += routes.table().find(Method.GET, routes.path(i)).parameters().size();
    }
    // Used, so that the compiler cannot leave out the looking.
    assertThat(found).isPositive();
  }
}
