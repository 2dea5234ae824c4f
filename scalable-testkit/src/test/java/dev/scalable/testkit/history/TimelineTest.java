package dev.scalable.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens to nodes is kept in order of time, whoever writes it down. */
class TimelineTest {
  @Test
  void events_since_a_moment_count_from_it() {
    Timeline timeline = new Timeline();
    timeline.record("app-1", "started");
    Duration moment = timeline.now();
    timeline.record("app-2", "killed");
    assertThat(timeline.events()).extracting(Event::what).containsExactly("started", "killed");
    assertThat(timeline.since(moment)).singleElement().satisfies(event -> {
      assertThat(event.node()).isEqualTo("app-2");
      assertThat(event.at()).isGreaterThanOrEqualTo(Duration.ZERO)
          .isEqualTo(timeline.events().getLast().at().minus(moment));
      assertThat(event.toString()).matches("\\d+\\.\\d{3} s app-2 killed");
    });
  }

  @Test
  void many_may_write_at_once() throws Exception {
    Timeline timeline = new Timeline();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(Thread.ofPlatform().start(() -> {
        for (int j = 0; j < 200; j++) {
          timeline.record("app-1", "seen");
        }
      }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(timeline.events()).hasSize(1_600).extracting(Event::at).isSorted();
  }
}
