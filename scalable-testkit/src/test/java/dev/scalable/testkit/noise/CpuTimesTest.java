package dev.scalable.testkit.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading /proc/stat, on text as Linux 6.1 prints it. */
class CpuTimesTest {
  private static final String BEFORE = """
      cpu  10132153 290696 3084719 46828483 16683 0 25195 175628 90000 4000
      cpu0 5066076 145348 1542359 23414241 8341 0 12597 87814 45000 2000
      cpu1 5066077 145348 1542360 23414242 8342 0 12598 87814 45000 2000
      intr 1462898 0 0
      ctxt 115315
      btime 1770000000
      """;

  /** 1,000 ticks later: 300 user, 100 system, 500 idle, 40 iowait, 60 steal; the guest's are in user. */
  private static final String AFTER = """
      cpu  10132453 290696 3084819 46828983 16723 0 25195 175688 90200 4000
      cpu0 0 0 0 0 0 0 0 0 0 0
      """;

  @Test void shares_are_of_what_passed_between_two_looks() {
    CpuTimes before = CpuTimes.parse(BEFORE).orElseThrow();
    CpuTimes after = CpuTimes.parse(AFTER).orElseThrow();
    assertThat(after.total() - before.total()).isEqualTo(1000);
    assertThat(after.stealShareSince(before).orElseThrow()).isCloseTo(0.06, within(1e-9));
    assertThat(after.busyShareSince(before).orElseThrow()).isCloseTo(0.46, within(1e-9));
  }

  @Test void without_a_tick_between_them_there_is_no_share() {
    CpuTimes same = CpuTimes.parse(BEFORE).orElseThrow();
    assertThat(same.stealShareSince(same)).isEmpty();
    assertThat(same.busyShareSince(same)).isEmpty();
  }

  @Test void a_waiting_time_that_went_back_gives_no_share_beyond_one() {
    CpuTimes before = new CpuTimes(100, 50, 0);
    assertThat(new CpuTimes(101, 40, 0).busyShareSince(before)).hasValue(1);
    assertThat(new CpuTimes(101, 60, 0).busyShareSince(before)).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "", "intr 5\n", "cpu0 1 2 3 4 5 6 7 8\n",
      "cpu  1 2 3 4 5 6 7\n" // before Linux 2.6.11 there is no steal
  })
  void text_without_steal_is_not_taken_for_no_steal(String stat) {
    assertThat(CpuTimes.parse(stat)).isEmpty();
  }
}
