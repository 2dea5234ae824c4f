package dev.scalable.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What W3C Trace Context says of the header traceparent. */
class TraceTest {

  private static final String ID = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";
  private static final String SAMPLED = "00-" + ID + "-" + PARENT + "-01";

  @Test
  void a_trace_is_taken_up_and_handed_on_with_an_id_of_each_calls_own() {
    Trace trace = Trace.parse(SAMPLED, "vendor=1").orElseThrow();
    assertThat(trace).isEqualTo(new Trace(ID, PARENT, true, "vendor=1"));
    String first = trace.traceparent();
    assertThat(first).matches("00-" + ID + "-[0-9a-f]{16}-01").doesNotContain(PARENT).isNotEqualTo(trace.traceparent());
    assertThat(Trace.parse(first, "")).get().extracting(Trace::traceId).isEqualTo(ID);
  }

  @Test
  void a_trace_that_begins_here_has_no_parent_and_is_not_sampled() {
    Trace trace = Trace.begin();
    assertThat(trace.traceId()).matches("[0-9a-f]{32}").isNotEqualTo(Trace.begin().traceId());
    assertThat(trace.parentId()).isEmpty();
    assertThat(trace.traceparent()).matches("00-" + trace.traceId() + "-[0-9a-f]{16}-00");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "02", "fe"})
  void only_the_lowest_flag_says_that_it_is_sampled(String flags) {
    assertThat(Trace.parse("00-" + ID + "-" + PARENT + "-" + flags, "")).get().extracting(Trace::sampled).isEqualTo(false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"01-" + ID + "-" + PARENT + "-01", "cc-" + ID + "-" + PARENT + "-01-what-a-later-version-adds"})
  void a_later_version_is_read_as_far_as_it_is_known(String header) {
    Trace trace = Trace.parse(header, "").orElseThrow();
    assertThat(trace).isEqualTo(new Trace(ID, PARENT, true, ""));
    assertThat(trace.traceparent()).startsWith("00-");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "",
      "00",
      "00-" + ID + "-" + PARENT,
      "00-" + ID + "-" + PARENT + "-1",
      "00-" + ID + "-" + PARENT + "-01-more",
      "00-" + ID + "-" + PARENT + "-01 ",
      "cc-" + ID + "-" + PARENT + "-01.more",
      "ff-" + ID + "-" + PARENT + "-01",
      "0x-" + ID + "-" + PARENT + "-01",
      "00-0AF7651916CD43DD8448EB211C80319C-" + PARENT + "-01",
      "00-" + ID + "-B7AD6B7169203331-01",
      "00-00000000000000000000000000000000-" + PARENT + "-01",
      "00-" + ID + "-0000000000000000-01",
      "00-" + ID + "_" + PARENT + "-01",
      "00_" + ID + "-" + PARENT + "-01",
      "00-" + ID + "-" + PARENT + "_01",
      "00-" + ID + "-" + PARENT + "-0g"})
  void what_is_malformed_is_no_trace(String header) {
    assertThat(Trace.parse(header, "vendor=1")).isEmpty();
  }
}
