package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.run.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What processes of this machine can offer, and what is missing where it is no Linux. */
class LocalEnvironmentTest {
  @Test void on_linux_nothing_is_missing() {
    assertThat(LocalEnvironment.capabilities(true)).containsExactly(Capability.values());
    assertThat(LocalEnvironment.untested("Linux", true)).isEmpty();
  }

  @Test void where_ended_children_are_not_counted_processor_times_are_missing_and_that_is_said() {
    assertThat(Run.knowsCpuTime()).isEqualTo(Files.exists(Path.of("/proc/self/stat")));
    assertThat(LocalEnvironment.capabilities(false))
        .doesNotContain(Capability.CPU_TIME).hasSize(Capability.values().length - 1);
    assertThat(LocalEnvironment.untested("Mac OS X", false))
        .isEqualTo(", on Mac OS X, where the testkit is not tested, without [cpu time]");
  }
}
