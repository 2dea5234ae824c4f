package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Front;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Place;
import dev.scalable.testkit.backend.Program;
import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.local.LocalBackend;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the balancer is told after a reload that failed: only one that fails on demand can show it. */
class BalancerTest {
  private final Faults faults = new Faults(EnumSet.allOf(Capability.class), "by hand");
  private final FailingFront front = new FailingFront();
  private final AppSpec app = AppSpec.mainClass(TinyApp.class);
  private final Balancer balancer = new Balancer(front, app, faults);
  private final Environment environment = new LocalBackend().open(
      new BackendProvider.Request(new Program.MainClass("none"), false, false, Map.of(), System.out::println));

  @AfterEach void end() {
    environment.close();
  }

  @Test void a_failed_mark_down_is_tried_again_by_the_next() {
    front.fails = true;
    assertThatThrownBy(() -> balancer.markDown(instance(1))).isInstanceOf(ClusterException.class);
    assertThat(faults.timeline().events()).isEmpty();
    front.fails = false;
    balancer.markDown(instance(1));
    assertThat(front.told).containsExactly(Set.of(1));
    assertThat(faults.timeline().events()).extracting(Event::what).containsExactly("reloaded", "marked down");
  }

  @Test void after_a_failed_reload_a_restore_reloads_though_all_should_be_in() {
    front.fails = true;
    assertThatThrownBy(() -> balancer.markDown(instance(1))).isInstanceOf(ClusterException.class);
    front.fails = false;
    balancer.restore();
    assertThat(front.told).as("whatever it had read before it failed").containsExactly(Set.of());
    balancer.restore();
    assertThat(front.told).hasSize(1);
  }

  @Test void a_failed_restore_is_tried_again_by_the_next() {
    balancer.markDown(instance(1));
    front.fails = true;
    assertThatThrownBy(balancer::restore).isInstanceOf(ClusterException.class);
    front.fails = false;
    balancer.restore();
    assertThat(front.told).containsExactly(Set.of(1), Set.of());
  }

  @Test void a_reload_keeps_out_who_is_out() {
    balancer.markDown(instance(2));
    balancer.markDown(instance(1));
    balancer.reload();
    assertThat(front.told).containsExactly(Set.of(2), Set.of(1, 2), Set.of(1, 2));
  }

  private Instance instance(int number) {
    Place place = new Place(number, "app-" + number, front.uri(), "127.0.0.1", 80, new InetSocketAddress(80));
    return new Instance(place, environment, at -> {
      throw new AssertionError("never started");
    }, app, faults);
  }

  /** Remembers what it was told, or fails. */
  private static final class FailingFront implements Front {
    private final List<Set<Integer>> told = new ArrayList<>();
    private boolean fails;

    @Override
    public void reload(Set<Integer> down) {
      if (fails) {
        throw new ClusterException("on purpose");
      }
      told.add(down);
    }

    @Override
    public URI uri() {
      return URI.create("http://127.0.0.1");
    }

    @Override
    public URI statusUri() {
      return uri();
    }

    @Override
    public String version() {
      return "by hand";
    }

    @Override
    public Node node() {
      throw new AssertionError("not asked for");
    }

    @Override
    public Path accessLog() {
      return Path.of("/nowhere");
    }

    @Override
    public NodeLog log() {
      return new NodeLog(Path.of("/nowhere"));
    }

    @Override
    public Path configuration() {
      return Path.of("/nowhere");
    }
  }
}
