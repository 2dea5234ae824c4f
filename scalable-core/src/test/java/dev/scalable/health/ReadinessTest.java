package dev.scalable.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.health.Readiness.State;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadinessTest {

  private static final Map<State, List<State>> WAYS_TO = Map.of(
      State.NEW, List.of(),
      State.STARTING, List.of(State.STARTING),
      State.READY, List.of(State.STARTING, State.READY),
      State.DRAINING, List.of(State.STARTING, State.READY, State.DRAINING),
      State.STOPPED, List.of(State.STARTING, State.STOPPED));

  private static final Map<State, List<State>> FROM = Map.of(
      State.NEW, List.of(State.STARTING),
      State.STARTING, List.of(State.READY, State.STOPPED),
      State.READY, List.of(State.DRAINING),
      State.DRAINING, List.of(State.STOPPED),
      State.STOPPED, List.of());

  @ParameterizedTest
  @EnumSource
  void a_state_leads_to_those_that_follow_it_and_to_no_other(State state) {
    for (State next : State.values()) {
      Readiness readiness = new Readiness();
      WAYS_TO.getOrDefault(state, List.of()).forEach(readiness::enter);
      if (FROM.getOrDefault(state, List.of()).contains(next)) {
        readiness.enter(next);
        assertThat(readiness.state()).isEqualTo(next);
      } else {
        assertThatThrownBy(() -> readiness.enter(next)).isInstanceOf(IllegalStateException.class)
            .hasMessage("An instance that is " + state + " cannot become " + next);
        assertThat(readiness.state()).isEqualTo(state);
      }
    }
  }
}
