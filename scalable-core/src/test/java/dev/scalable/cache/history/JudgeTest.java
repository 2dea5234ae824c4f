package dev.scalable.cache.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.cache.history.Step.Began;
import dev.scalable.cache.history.Step.Read;
import dev.scalable.cache.history.Step.Returned;
import dev.scalable.cache.history.Step.Taken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories written by hand, some as promised and, for each promise, one that is not. Times are nanoseconds. */
class JudgeTest {

  private static final Duration BOUND = Duration.ofNanos(100);

  private static Verdict judge(Step... steps) {
    return Judge.judge(List.of(steps), BOUND, List.of());
  }

  private static Verdict judge(Failover failover, Step... steps) {
    return Judge.judge(List.of(steps), BOUND, List.of(failover));
  }

  private static Step began(long version, long at) {
    return new Began(1, version, at);
  }

  private static Step taken(long version, long start, long end) {
    return new Taken(1, version, start, end, true);
  }

  private static Step returned(String instance, long version, long start, long end) {
    return new Returned(instance, 1, version, start, end, true);
  }

  private static Step read(String instance, long version, long start) {
    return new Read(instance, 1, version, start, start + 5, false);
  }

  private static Step provenRead(String instance, long version, long start) {
    return new Read(instance, 1, version, start, start + 5, true);
  }

  private static void isBroken(Verdict verdict, Promise promise, long least) {
    assertThat(verdict.violations()).as(verdict.toString()).singleElement().satisfies(violation -> {
      assertThat(violation.promise()).isEqualTo(promise);
      assertThat(violation.least()).isEqualTo(least);
    });
  }

  @Test
  void reads_that_follow_writes_as_promised_are_all_judged_and_none_is_blamed() {
    Verdict verdict = judge(
        began(1, 10), returned("a", 1, 11, 20), taken(1, 11, 20), read("a", 1, 21), read("b", 0, 60),
        // To the very end of the bound.
        read("b", 0, 120), provenRead("b", 1, 121), provenRead("b", 1, 130),
        began(2, 200), provenRead("b", 2, 201), provenRead("b", 1, 203), taken(2, 204, 210), provenRead("b", 2, 211),
        read("b", 2, 220));
    assertThat(verdict.violations()).isEmpty();
    assertThat(verdict.judged()).containsEntry(Promise.WRITTEN, 9L).containsEntry(Promise.BOUNDED, 6L)
        .containsEntry(Promise.OWN_WRITES, 1L).containsEntry(Promise.NEVER_BACK, 5L);
  }

  @Test
  void an_old_value_is_blamed_once_the_bound_has_passed_since_redis_had_taken_its_invalidation() {
    Step[] history = {began(1, 10), began(2, 11), taken(1, 12, 20), taken(2, 12, 30)};
    assertThat(judge(with(history, read("b", 1, 130))).violations()).isEmpty();
    isBroken(judge(with(history, read("b", 1, 131))), Promise.BOUNDED, 2);
    isBroken(judge(with(history, read("b", 0, 121))), Promise.BOUNDED, 1);
  }

  @Test
  void a_read_that_began_in_time_may_end_late() {
    assertThat(judge(began(1, 10), taken(1, 12, 20), new Read("b", 1, 0, 119, 10_000, false)).violations()).isEmpty();
  }

  @Test
  void an_instance_that_does_not_see_its_own_write_is_blamed_at_once_and_no_other_is() {
    Step[] history = {began(1, 10), returned("a", 1, 11, 20)};
    assertThat(judge(with(history, read("b", 0, 5_000), read("a", 0, 20))).violations()).isEmpty();
    isBroken(judge(with(history, read("a", 0, 21))), Promise.OWN_WRITES, 1);
  }

  @Test
  void an_instance_that_goes_back_behind_what_it_has_seen_is_blamed_at_once_and_no_other_is() {
    Step[] history = {began(1, 10), taken(1, 11, 20), provenRead("b", 1, 21)};
    assertThat(judge(with(history, read("b", 0, 26), read("c", 0, 40))).violations()).isEmpty();
    isBroken(judge(with(history, read("b", 0, 27))), Promise.NEVER_BACK, 1);
  }

  @Test
  void what_was_seen_before_its_invalidation_or_past_the_heap_may_be_gone_back_behind() {
    assertThat(judge(began(1, 10), provenRead("b", 1, 11), taken(1, 10, 30), read("b", 0, 40)).violations()).isEmpty();
    assertThat(judge(began(1, 10), taken(1, 11, 20), read("b", 1, 21), read("b", 0, 40)).violations()).isEmpty();
  }

  @Test
  void a_version_that_nobody_had_begun_to_write_when_the_read_ended_is_blamed() {
    assertThat(judge(began(1, 15), read("b", 1, 10)).violations()).isEmpty();
    isBroken(judge(began(1, 16), read("b", 1, 10)), Promise.WRITTEN, 0);
  }

  @Test
  void what_a_failover_may_have_lost_is_asked_for_when_it_has_been_sent_again() {
    Failover failover = new Failover(50, 70, 500);
    Step[] history = {began(1, 10), began(2, 30), taken(1, 11, 20), taken(2, 40, 55), returned("a", 2, 40, 55)};
    assertThat(judge(failover, with(history, read("a", 1, 490), read("b", 1, 600))).violations()).isEmpty();
    isBroken(judge(failover, with(history, read("b", 1, 601))), Promise.BOUNDED, 2);
    isBroken(judge(failover, with(history, read("a", 1, 501))), Promise.OWN_WRITES, 2);
    isBroken(judge(failover, with(history, read("b", 0, 121))), Promise.BOUNDED, 1);
  }

  @Test
  void what_a_failover_may_have_lost_and_nobody_has_announced_is_asked_for_with_the_next_write() {
    Failover failover = new Failover(50, 70, 500);
    Step[] lost = {began(1, 10), new Taken(1, 1, 60, 65, false), new Returned("a", 1, 1, 60, 65, false)};
    assertThat(judge(failover, with(lost, read("a", 0, 10_000))).violations()).isEmpty();
    Step[] history = with(lost, began(2, 30), new Taken(1, 2, 71, 75, false));
    assertThat(judge(failover, with(history, read("a", 0, 175))).violations()).isEmpty();
    isBroken(judge(failover, with(history, read("a", 0, 176))), Promise.BOUNDED, 2);
  }

  @Test
  void each_key_is_judged_by_itself() {
    assertThat(judge(began(1, 10), taken(1, 11, 20), returned("a", 1, 11, 20),
        new Read("a", 2, 0, 1_000, 1_001, true)).violations()).isEmpty();
  }

  @Test
  void a_history_is_judged_alike_in_whatever_order_its_steps_come_and_after_it_was_in_a_file(@TempDir Path folder)
      throws Exception {
    List<Step> steps = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 1; i <= 2_000; i++) {
      long at = i * 10L;
      steps.add(new Began(i % 7, i, at));
      steps.add(new Taken(i % 7, i, at + 1, at + 2, i % 2 == 0));
      steps.add(new Returned("a", i % 7, i, at + 1, at + 2, i % 2 == 0));
      steps.add(new Read(i % 3 == 0 ? "a" : "b", i % 7, i - random.nextInt(30), at + 3, at + 4, i % 5 == 0));
    }
    Verdict verdict = Judge.judge(steps, BOUND, List.of());
    assertThat(verdict.violations()).extracting(Violation::promise)
        .contains(Promise.BOUNDED, Promise.OWN_WRITES, Promise.NEVER_BACK);
    Collections.shuffle(steps, random);
    Path file = folder.resolve("steps");
    try (StepFile written = StepFile.create(file)) {
      steps.forEach(written::write);
    }
    Verdict again = Judge.judge(StepFile.read(file), BOUND, List.of());
    assertThat(again.judged()).isEqualTo(verdict.judged());
    assertThat(again.violations()).hasSameElementsAs(verdict.violations());
  }

  @Test
  void a_line_at_which_its_process_was_killed_is_left_out(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("steps");
    try (StepFile written = StepFile.create(file)) {
      written.write(began(1, 10));
      written.write(taken(1, 11, 20));
    }
    Files.writeString(file, Files.readString(file) + "read 1 2 3");
    assertThat(StepFile.read(file)).containsExactly(began(1, 10), taken(1, 11, 20));
  }

  private static Step[] with(Step[] history, Step... more) {
    Step[] all = Arrays.copyOf(history, history.length + more.length);
    System.arraycopy(more, 0, all, history.length, more.length);
    return all;
  }
}
