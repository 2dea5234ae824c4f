package dev.scalable.testkit.local;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.nginx.NginxVersion;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a reload costs clients whose POSTs nobody may repeat: nothing from nginx 1.27.4 on, with the template's option. Older ones
 * close idle connections without notice, and how many POSTs that costs is printed.
 *
 * <p>{@code -Dscalable.testkit.reloads=20}, as the profile {@code full} has it, says how often; three times if nothing is said.
 */
class NginxReloadTest {

  private static final int RELOADS = Integer.getInteger("scalable.testkit.reloads", 3);
  private static final int USERS = 16;
  private static final Duration BETWEEN = Duration.ofMillis(800);
  private static final NginxVersion LOSSLESS = new NginxVersion(1, 27, 4);

  @Test
  void no_post_is_lost_by_a_reload_where_nginx_is_new_enough() throws Exception {
    try (Upstream one = Upstream.answering();
        Upstream two = Upstream.answering();
        Nginx nginx = Nginx.before(one, two)) {
      Load load = Load.against(nginx.uri()).post("/orders", () -> "{}")
          // Each sends the next as soon as it has the answer, so some are between the two at any moment.
          .closed(users(USERS).during(BETWEEN.multipliedBy(RELOADS + 1)));
      for (int i = 1; i <= RELOADS; i++) {
        load = load.fault(at(BETWEEN.multipliedBy(i)), "reload", nginx::reload);
      }
      LoadResult run = load.run();

      System.out.println("nginx " + Nginx.version() + ": " + RELOADS + " reloads, " + run.scheduled() + " POSTs without a key, "
          + (run.scheduled() - run.ok()) + " lost (" + run.byOutcome() + ")");
      assertThat(run.faults()).hasSize(RELOADS);
      assertThat(run.ok()).isGreaterThan(run.scheduled() * 9 / 10);
      if (Nginx.version().isAtLeast(LOSSLESS)) {
        assertThat(run).lostNothing().allSucceeded();
      }
    }
  }
}
