package dev.scalable.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.report.Lane.State;
import dev.scalable.testkit.report.Lane.Stretch;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a node was is read from what happened to it. */
class NodesTest {

  @Test
  void a_killed_instance_is_down_until_it_starts_and_up_when_it_is_served() {
    assertThat(states("2 killed", "5 started", "6 serving")).containsExactly(
        new Stretch(State.UP, at(0), at(2)),
        new Stretch(State.DOWN, at(2), at(5)),
        new Stretch(State.STARTING, at(5), at(6)),
        new Stretch(State.UP, at(6), at(10)));
  }

  @Test
  void a_start_that_nobody_saw_the_end_of_is_the_begin_of_being_up() {
    assertThat(states("2 terminated", "5 started")).extracting(Stretch::state)
        .containsExactly(State.UP, State.DOWN, State.UP);
    assertThat(states("2 terminated", "5 started", "6 killed")).extracting(Stretch::state)
        .containsExactly(State.UP, State.DOWN, State.UP, State.DOWN);
  }

  @Test
  void one_that_is_asked_to_end_is_not_down_yet() {
    assertThat(states("2 terminating", "3 terminated", "5 starting", "6 ready")).extracting(Stretch::state)
        .containsExactly(State.UP, State.ENDING, State.DOWN, State.STARTING, State.UP);
  }

  @Test
  void an_instance_that_is_added_was_down_before() {
    assertThat(states("4 started", "5 ready")).extracting(Stretch::state)
        .containsExactly(State.DOWN, State.STARTING, State.UP);
  }

  @Test
  void pauses_and_disturbed_links_are_told_apart() {
    assertThat(states("1 paused", "2 resumed", "3 latency 50 ms", "4 restored", "5 cut", "6 restored"))
        .extracting(Stretch::state)
        .containsExactly(
            State.UP, State.PAUSED, State.UP, State.DISTURBED, State.UP, State.DOWN, State.UP);
  }

  @Test
  void what_says_nothing_about_a_state_and_what_comes_after_the_run_change_nothing() {
    assertThat(states("3 took a snapshot", "12 killed")).containsExactly(new Stretch(State.UP, at(0), at(10)));
  }

  @Test
  void instances_that_nothing_happened_to_have_a_lane_too() {
    List<Lane> lanes = Nodes.lanes(List.of("a", "b"), List.of(new Event(at(1), "redis", "stopped")), at(10));
    assertThat(lanes).extracting(Lane::node).containsExactly("a", "b", "redis");
  }

  private static List<Stretch> states(String... events) {
    List<Event> happened = Stream.of(events)
        .map(event -> event.split(" ", 2))
        .map(event -> new Event(at(Integer.parseInt(event[0])), "node", event[1]))
        .toList();
    return Nodes.lanes(List.of("node"), happened, at(10)).getFirst().stretches();
  }

  private static Duration at(int seconds) {
    return Duration.ofSeconds(seconds);
  }
}
