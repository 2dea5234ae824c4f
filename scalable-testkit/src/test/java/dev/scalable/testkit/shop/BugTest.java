package dev.scalable.testkit.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BugTest {
  @Test void bugs_are_switched_on_by_their_names() {
    assertThat(Bugs.parse("")).isEmpty();
    assertThat(Bugs.parse("drain-off, stale-l1")).containsExactlyInAnyOrder(Bug.DRAIN_OFF, Bug.STALE_L1);
    assertThat(Bugs.parse(Arrays.stream(Bug.values()).map(Bug::label).collect(Collectors.joining(","))))
        .containsExactlyInAnyOrder(Bug.values());
  }

  @Test void a_bug_that_there_is_not_is_refused() {
    assertThatThrownBy(() -> Bugs.parse("no-such-bug")).isInstanceOf(IllegalArgumentException.class);
  }
}
