package dev.scalable.docs.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.scalable.docs.capacity.Cost.Share;
import dev.scalable.docs.capacity.Fleet.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The figures on the page are what the code computes. */
class FleetTest {

  // begin
  static final Cost HIT = new Cost(120e-6, 40e-6, 0, 0, 0.001);
  static final Cost QUERY = new Cost(700e-6, 50e-6, 70e-6, 0.001, 0.003);
  static final Cost WRITE = new Cost(2500e-6, 90e-6, 550e-6, 0.005, 0.010);

  static final Cost SHOP = Cost.mean(new Share(0.80, HIT), new Share(0.15, QUERY), new Share(0.05, WRITE));
  static final Instance TWO_CORES = new Instance(2, 10, 256);
  // end

  private static String row(double requests) {
    Fleet fleet = Fleet.of(requests, SHOP, 0.05, TWO_CORES);
    return String.format(Locale.ROOT, "| %,.0f | %,d | %s | %,.1f | %,.1f | %,d | %,.0f |", requests, fleet.instances(), fleet.bound(),
        fleet.nginxCores(), fleet.databaseCores(), fleet.connections(), fleet.redisMessages());
  }

  @Test
  void the_table_on_the_page_is_what_the_code_computes() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (double requests : new double[] {100, 1_000, 10_000, 100_000, 1_000_000}) {
      rows.append(row(requests)).append('\n');
    }
    assertThat(Files.readString(Path.of("how-to", "size-a-fleet.md"))).contains(rows);
  }

  @Test
  void the_scarcest_of_three_decides() {
    Instance instance = new Instance(2, 10, 256);
    assertThat(Fleet.of(12_000, new Cost(100e-6, 0, 0, 0, 0), 0, instance)).returns("processors", Fleet::bound)
        .returns(2L, Fleet::instances);
    assertThat(Fleet.of(12_000, new Cost(100e-6, 0, 0, 0.010, 0), 0, instance)).returns("connections", Fleet::bound)
        .returns(21L, Fleet::instances).returns(210L, Fleet::connections);
    assertThat(Fleet.of(12_000, new Cost(100e-6, 0, 0, 0, 0.256), 0, instance)).returns("handlers", Fleet::bound)
        .returns(21L, Fleet::instances);
  }

  @Test
  void every_write_is_told_to_every_instance() {
    Fleet small = Fleet.of(100_000, SHOP, 0.05, TWO_CORES);
    Fleet large = Fleet.of(200_000, SHOP, 0.05, TWO_CORES);
    assertThat(large.redisMessages() / small.redisMessages()).as("twice the requests").isCloseTo(4, within(0.3));
  }

  @Test
  void a_mean_has_each_kind_by_its_share() {
    Cost mean = Cost.mean(new Share(0.75, new Cost(1, 2, 3, 4, 5)), new Share(0.25, new Cost(5, 6, 7, 8, 9)));
    assertThat(mean).isEqualTo(new Cost(2, 3, 4, 5, 6));
  }
}
