package dev.scalable.testkit.cluster;

import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The freeze of a whole system that is real: the only instance is stopped by SIGSTOP, and goes on by SIGCONT. */
@ClusterTest(app = TinyApp.class, instances = 1, calibrated = false)
class ClusterFreezeTest {
  private static final Duration TIME = ofMillis(2_500);
  private static final Duration FREEZE = ofMillis(400);
  private static final Duration HALF_OF_IT = ofMillis(200);

  @Test void a_closed_model_hides_it_and_says_so(Cluster cluster) {
    LoadResult result = frozen(cluster, cluster.load().get("/").closed(users(4).during(TIME)));
    assertThat(result.ok()).isEqualTo(result.scheduled());
    assertThat(result.service().max()).as("%s", result).isGreaterThan(HALF_OF_IT);
    assertThat(result.service().p95()).as("%s", result).isLessThan(HALF_OF_IT);
    assertThat(result.toString()).contains("WARNING, coordinated omission");
  }

  @Test void an_open_model_shows_it(Cluster cluster) {
    LoadResult result = frozen(cluster, cluster.load().get("/").open(rate(100).perSecond().during(TIME)));
    assertThat(result.ok()).isEqualTo(250);
    assertThat(result.response().p95()).as("%s", result).isGreaterThan(HALF_OF_IT);
    assertThat(result.toString()).doesNotContain("WARNING, coordinated omission");
  }

  private static LoadResult frozen(Cluster cluster, Load load) {
    return load
        .fault(at(ofMillis(800)), "freeze", () -> {
          cluster.instance(1).pause();
          Await.pause(FREEZE);
          cluster.instance(1).resume();
        })
        .run();
  }
}
