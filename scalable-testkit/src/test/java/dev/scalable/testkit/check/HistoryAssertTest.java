package dev.scalable.testkit.check;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Operation.End;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each checker on histories made by hand: good ones, bad ones, and those just this side or that of the border. */
class HistoryAssertTest {
  @Nested class CounterWithinBounds {
    @Test void a_read_sees_all_that_was_acknowledged_and_some_that_overlaps() {
      Histories base = Histories.with().add("a", 1, 0, 10).add("b", 2, 5, 30);
      assertThat(base.read("c", 1, 11, 20).read("c", 3, 21, 25).history()).counterWithinBounds();
    }

    @Test void a_read_below_what_was_acknowledged_is_told_with_what_is_missing() {
      History history = Histories.with().add("a", 1, 0, 10).add("b", 5, 0, 9).read("c", 1, 11, 20).history();
      failing(() -> assertThat(history).counterWithinBounds())
          .hasMessageContaining("1 of 1 reads of counters are out of bounds")
          .hasMessageContaining("#3 c read x = 1, 0.011000 to 0.020000 s: possible is 6 to 6, so 5 of what was ack");
    }

    @Test void a_read_above_what_was_attempted_is_told_as_such() {
      History history = Histories.with().add("a", 1, 0, 10).add("b", 5, 21, 29).read("c", 6, 11, 20).history();
      failing(() -> assertThat(history).counterWithinBounds()).hasMessageContaining("so 5 more than was attempted");
    }

    @Test void an_addition_in_doubt_may_count_and_a_failed_one_may_not() {
      Histories doubt = Histories.with().add("a", 1, 0, 10).but(End.UNKNOWN).read("c", 0, 11, 20).read("c", 1, 21, 22);
      assertThat(doubt.history()).counterWithinBounds();
      History refused = Histories.with().add("a", 1, 0, 10).but(End.FAILED).add("a", 1, 11, 12).read("c", 2, 21, 22)
          .history();
      failing(() -> assertThat(refused).counterWithinBounds()).hasMessageContaining("possible is 1 to 1");
    }

    @Test void amounts_below_zero_count_the_other_way_round() {
      Histories base = Histories.with().initially(10).add("a", -3, 0, 10).add("b", -2, 5, 30);
      assertThat(base.read("c", 7, 11, 20).read("c", 5, 21, 25).history()).counterWithinBounds();
      failing(() -> assertThat(base.read("c", 8, 26, 27).history()).counterWithinBounds())
          .hasMessageContaining("possible is 5 to 7, so 1 more");
    }

    @Test void without_a_read_nothing_is_proven() {
      failing(() -> assertThat(Histories.with().add("a", 1, 0, 10).history()).counterWithinBounds())
          .hasMessageContaining("no read of a counter");
    }
  }

  @Nested class SetComplete {
    @Test void every_read_sees_what_was_acknowledged_before_it() {
      Histories base = Histories.with().add("a", 1, 0, 10).add("b", 2, 5, 30);
      assertThat(base.read("c", List.of(1), 11, 20).read("c", List.of(2, 1), 31, 32).history()).setComplete();
    }

    @Test void an_acknowledged_element_that_is_gone_is_lost() {
      History history = Histories.with()
          .add("a", 1, 0, 10).add("b", 2, 5, 30).read("c", List.of(1, 2), 31, 32).read("c", List.of(2), 40, 41)
          .history();
      failing(() -> assertThat(history).setComplete())
          .hasMessageContaining("of 2 acknowledged elements 1 are lost, 0 were seen late")
          .hasMessageContaining("1 is lost: known by\n    #1 a added 1 to x, 0.000000 to 0.010000 s")
          .hasMessageContaining("missing in the last read\n    #4 c read x = [2], 0.040000 to 0.041000 s");
    }

    @Test void an_element_seen_late_is_stale_by_so_much() {
      History history = Histories.with()
          .add("a", 1, 0, 10).read("c", List.of(), 25, 32).read("c", List.of(1), 40, 41).history();
      failing(() -> assertThat(history).setComplete())
          .hasMessageContaining("1 were seen late (more than 0 ms)")
          .hasMessageContaining("1 was not visible 15.0 ms after it was known by");
      failing(() -> assertThat(history).setCompleteWithin(Duration.ofMillis(14)))
          .hasMessageContaining("1 were seen late");
      assertThat(history).setCompleteWithin(Duration.ofMillis(15));
    }

    @Test void an_element_in_doubt_is_known_from_the_first_read_that_saw_it() {
      Histories base = Histories.with().add("a", 9, 0, 1).add("a", 1, 2, 3).but(End.UNKNOWN);
      assertThat(base.read("c", List.of(9), 4, 5).read("c", List.of(9, 1), 6, 7).history()).setComplete();
    }

    @Test void an_element_that_was_read_before_its_acknowledgement_must_stay() {
      History history = Histories.with()
          .add("a", 1, 0, 100).read("c", List.of(1), 10, 20).read("c", List.of(), 30, 40)
          .read("c", List.of(1), 110, 111)
          .history();
      failing(() -> assertThat(history).setComplete()).hasMessageContaining("10.0 ms after it was known by\n    #2 c");
    }

    @Test void an_element_in_doubt_that_was_seen_may_not_vanish() {
      Histories seen = Histories.with()
          .add("a", 9, 0, 1).add("a", 1, 2, 3).but(End.UNKNOWN).read("c", List.of(9, 1), 4, 5);
      failing(() -> assertThat(seen.read("d", List.of(9), 6, 7).history()).setComplete())
          .hasMessageContaining("of 1 acknowledged elements and 1 others that were seen 1 are lost, 0 were seen late")
          .hasMessageContaining("1 is lost: known by\n    #3 c read x = [9, 1], 0.004000 to 0.005000 s")
          .hasMessageContaining("missing in the last read\n    #4 d read x = [9], 0.006000 to 0.007000 s");
      failing(() -> assertThat(seen.read("d", List.of(9, 1), 8, 9).history()).setComplete())
          .hasMessageContaining("0 are lost, 1 were seen late");
    }

    @Test void an_element_in_doubt_that_was_never_seen_may_never_have_been_there() {
      assertThat(Histories.with()
          .add("a", 9, 0, 1).add("a", 1, 2, 3).but(End.UNKNOWN).read("c", List.of(9), 4, 5).history()).setComplete();
    }

    @Test void an_element_that_was_there_before_may_not_vanish_either() {
      Histories seen = Histories.with().initially(List.of(7)).add("a", 1, 0, 10).read("c", List.of(1, 7), 20, 21);
      failing(() -> assertThat(seen.read("c", List.of(1), 22, 23).history()).setComplete())
          .hasMessageContaining("7 is lost: known by\n    #2 c read");
    }

    @Test void doubles_and_elements_that_nobody_added_are_told() {
      History history = Histories.with()
          .add("a", 1, 0, 10).add("a", 2, 11, 12).but(End.FAILED).read("c", List.of(1, 1, 2, 3), 20, 21).history();
      failing(() -> assertThat(history).setComplete())
          .hasMessageContaining("1 are there twice, 2 seen were never added")
          .hasMessageContaining("1 is there 2 times in\n    #3 c read x = [1, 1, 2, 3]")
          .hasMessageContaining("2 was never added, or its addition was refused, but is in");
    }

    @Test void what_was_there_before_is_no_phantom() {
      assertThat(Histories.with().initially(List.of(7)).add("a", 1, 0, 10).read("c", List.of(1, 7), 20, 21).history())
          .setComplete();
    }

    @Test void an_element_that_was_never_read_for_proves_nothing() {
      History history = Histories.with().add("a", 1, 0, 10).read("c", List.of(), 5, 20).history();
      failing(() -> assertThat(history).setComplete()).hasMessageContaining("1 were not read for: read the whole set");
    }
  }

  @Nested class IdsUnique {
    @Test void different_ids_are_unique_and_the_same_under_another_key_is_no_matter() {
      assertThat(Histories.with().add("a", 1, 0, 1).add("b", 2, 0, 1).key("y").add("a", 1, 2, 3).history()).idsUnique();
    }

    @Test void an_id_given_twice_is_told_with_both_operations() {
      failing(() -> assertThat(Histories.with().add("a", 1, 0, 1).add("b", 1, 0, 1).history()).idsUnique())
          .hasMessageContaining("1 ids were given more than once, of 2")
          .hasMessageContaining("1 was given 2 times:\n    #1 a added 1 to x")
          .hasMessageContaining("\n    #2 b added 1 to x");
    }

    @Test void an_id_that_was_not_acknowledged_does_not_count() {
      assertThat(Histories.with().add("a", 1, 0, 1).add("b", 1, 0, 1).but(End.UNKNOWN).history()).idsUnique();
      failing(() -> assertThat(Histories.with().read("a", 1, 0, 1).history()).idsUnique())
          .hasMessageContaining("no addition was acknowledged");
    }
  }

  @Nested class LostUpdatesNone {
    @Test void updates_made_one_from_another_are_not_lost() {
      assertThat(Histories.with().initially(5)
          .read("a", 5, 0, 1).write("a", 4, 2, 3).read("b", 4, 4, 5).write("b", 3, 6, 7).write("b", 2, 8, 9).history())
          .hasNoLostUpdates();
    }

    @Test void two_writes_after_the_same_read_lose_one() {
      History history = Histories.with().initially(5)
          .read("a", 5, 0, 1).read("b", 5, 0, 1).write("a", 4, 2, 3).write("b", 3, 2, 5).history();
      failing(() -> assertThat(history).hasNoLostUpdates())
          .hasMessageContaining("at least 1 of 2 acknowledged updates are lost")
          .hasMessageContaining("2 acknowledged updates were made from x = 5, which was there once:\n    #3 a wrote x")
          .hasMessageContaining("#4 b wrote x := 3");
    }

    @Test void an_update_in_doubt_is_not_acknowledged_so_it_cannot_be_lost() {
      assertThat(Histories.with().initially(5)
          .read("a", 5, 0, 1).read("b", 5, 0, 1).write("a", 4, 2, 3).but(End.UNKNOWN).write("b", 3, 2, 5).history())
          .hasNoLostUpdates();
    }

    @Test void two_swaps_of_one_value_are_a_lost_update_unless_it_came_back() {
      Histories base = Histories.with().initially(0).cas("a", 0, 1, 0, 1).cas("b", 0, 2, 2, 3);
      failing(() -> assertThat(base.history()).hasNoLostUpdates()).hasMessageContaining("made from x = 0");
      assertThat(base.cas("c", 1, 0, 1, 2).history()).hasNoLostUpdates();
    }

    @Test void blind_writes_are_no_updates() {
      failing(() -> assertThat(Histories.with().write("a", 1, 0, 1).write("b", 2, 0, 1).history()).hasNoLostUpdates())
          .hasMessageContaining("no acknowledged update");
    }
  }

  @Nested class ReadYourWrites {
    @Test void own_and_newer_values_are_fine() {
      assertThat(Histories.with().write("a", 1, 0, 1).read("a", 1, 2, 3).write("b", 2, 4, 5).read("a", 2, 6, 7)
          .history())
          .readYourWrites();
    }

    @Test void an_older_value_after_an_own_write_is_told() {
      History history = Histories.with().write("b", 1, 0, 1).write("a", 2, 2, 3).read("a", 1, 4, 5).history();
      failing(() -> assertThat(history).readYourWrites())
          .hasMessageContaining("process a wrote 2 and then read an older value, 1:\n    #2 a wrote x := 2")
          .hasMessageContaining("\n    #3 a read x = 1");
    }

    @Test void the_value_from_before_everything_is_older() {
      failing(() -> assertThat(Histories.with().write("a", 2, 2, 3).read("a", null, 4, 5).history()).readYourWrites())
          .hasMessageContaining("wrote 2 and then read an older value, null");
    }

    @Test void a_value_written_at_the_same_time_or_in_doubt_may_be_newer() {
      assertThat(Histories.with().write("b", 1, 0, 3).write("a", 2, 2, 3).read("a", 1, 4, 5).history())
          .readYourWrites();
      assertThat(Histories.with().write("b", 1, 0, 1).but(End.UNKNOWN).write("a", 2, 2, 3).read("a", 1, 4, 5).history())
          .readYourWrites();
    }

    @Test void another_process_may_still_read_the_older_value() {
      assertThat(Histories.with().write("b", 1, 0, 1).write("a", 2, 2, 3).read("a", 2, 4, 5).read("c", 1, 4, 5)
          .history())
          .readYourWrites();
    }

    @Test void own_additions_are_seen_in_sets_and_counters() {
      Histories set = Histories.with().add("a", 1, 0, 1).read("a", List.of(1, 2), 2, 3);
      assertThat(set.history()).readYourWrites();
      failing(() -> assertThat(set.read("a", List.of(2), 4, 5).history()).readYourWrites())
          .hasMessageContaining("added [1] and then did not see it");
      Histories counter = Histories.with().initially(5).add("a", 1, 0, 1).add("a", 1, 2, 3).read("a", 7, 4, 5);
      assertThat(counter.history()).readYourWrites();
      failing(() -> assertThat(counter.read("a", 6, 6, 7).history()).readYourWrites())
          .hasMessageContaining("at least 7 and then read 6");
    }

    @Test void a_process_that_only_reads_proves_nothing() {
      failing(() -> assertThat(Histories.with().write("a", 1, 0, 1).read("b", 1, 2, 3).history()).readYourWrites())
          .hasMessageContaining("nothing to judge read your writes by");
    }
  }

  @Nested class MonotonicReads {
    @Test void newer_and_newer_is_fine() {
      assertThat(Histories.with().write("a", 1, 0, 1).write("a", 2, 4, 5).read("b", 1, 2, 3).read("b", 2, 6, 7)
          .history())
          .monotonicReads();
    }

    @Test void an_older_value_after_a_newer_one_is_told() {
      History history = Histories.with()
          .write("a", 1, 0, 1).write("a", 2, 2, 3).read("b", 2, 4, 5).read("b", 1, 6, 7).history();
      failing(() -> assertThat(history).monotonicReads())
          .hasMessageContaining("process b read 2 and then an older value, 1:\n    #3 b read x = 2")
          .hasMessageContaining("\n    #4 b read x = 1");
    }

    @Test void two_processes_may_differ() {
      assertThat(Histories.with().write("a", 1, 0, 1).write("a", 2, 2, 3)
          .read("b", 2, 4, 5).read("b", 2, 6, 7).read("c", 1, 6, 7).history())
          .monotonicReads();
    }

    @Test void writes_at_the_same_time_have_no_order_but_none_that_changes() {
      Histories base = Histories.with().write("a", 1, 0, 9).write("b", 2, 0, 9).read("c", 2, 10, 11)
          .read("c", 1, 12, 13);
      assertThat(base.history()).monotonicReads();
      failing(() -> assertThat(base.read("c", 2, 14, 15).history()).monotonicReads())
          .hasMessageContaining("read 2, then 1, and then 2 again, set only once");
      assertThat(base.write("d", 2, 10, 20).history()).monotonicReads();
    }

    @Test void sets_and_counters_that_only_grow_never_shrink() {
      failing(() -> assertThat(Histories.with().add("a", 1, 0, 1)
          .read("b", List.of(1), 2, 3).read("b", List.of(), 4, 5).history()).monotonicReads())
          .hasMessageContaining("saw [1] and then no more");
      failing(() -> assertThat(Histories.with().add("a", 1, 0, 1)
          .read("b", 1, 2, 3).read("b", 0, 4, 5).history()).monotonicReads())
          .hasMessageContaining("read 1 and then less, 0");
      assertThat(Histories.with().add("a", 1, 0, 1).add("a", -1, 2, 9).read("b", 1, 2, 3).read("b", 0, 4, 5).history())
          .monotonicReads();
    }
  }

  @Nested class IsLinearizable {
    private static final Duration BUDGET = Duration.ofSeconds(20);

    @Test void overlapping_operations_may_take_any_order() {
      assertThat(Histories.with().initially(0)
          .write("a", 1, 0, 10).read("b", 1, 1, 3).read("c", 1, 4, 5).write("d", 2, 2, 12).read("b", 2, 11, 13)
          .history())
          .isLinearizable(BUDGET);
    }

    @Test void a_stale_read_is_shown_with_nothing_beside_it() {
      Histories history = Histories.with().initially(0);
      for (int i = 1; i <= 50; i++) {
        history.write("a", i, 10 * i, 10 * i + 5).read("b", i, 10 * i + 6, 10 * i + 8)
            .read("c", i, 10 * i + 6, 10 * i + 8);
      }
      history.key("y").write("a", 1, 600, 601).read("b", 1, 602, 603).key("x").read("c", 49, 520, 521);
      failing(() -> assertThat(history.history()).isLinearizable(BUDGET))
          .hasMessageContaining("no order explains the operations on x, which was 0 before; of 151 these 3 are enough")
          .hasMessageContainingAll("wrote x := 49", "wrote x := 50", "#153 c read x = 49")
          .hasMessageContaining("in history of 153 operations by 3 processes on 2 keys");
    }

    @Test void a_value_that_nobody_wrote_is_shown_alone() {
      History history = Histories.with().write("a", 1, 0, 5).read("b", 1, 6, 7).read("c", 7, 8, 9).history();
      failing(() -> assertThat(history).isLinearizable(BUDGET)).hasMessageContaining("of 3 these 1 are enough");
    }

    @Test void a_write_in_doubt_may_take_effect_late_or_never_but_not_early() {
      Histories late = Histories.with().write("a", 1, 0, 1).write("b", 2, 2, 3).but(End.UNKNOWN)
          .read("c", 1, 4, 5).write("a", 3, 6, 7).read("c", 2, 8, 9);
      assertThat(late.history()).isLinearizable(BUDGET);
      failing(() -> assertThat(late.read("c", 3, 10, 11).history()).isLinearizable(BUDGET))
          .hasMessageContaining("#2 b wrote x := 2, 0.002000 to 0.003000 s, in doubt");
      History early = Histories.with().read("c", 2, 0, 1).write("b", 2, 2, 3).but(End.UNKNOWN).history();
      failing(() -> assertThat(early).isLinearizable(BUDGET)).hasMessageContaining("#1 c read x = 2");
    }

    @Test void a_failed_write_has_no_effect() {
      History history = Histories.with().write("b", 2, 0, 1).but(End.FAILED).read("c", 2, 2, 3).history();
      failing(() -> assertThat(history).isLinearizable(BUDGET)).hasMessageContaining("of 1 these 1");
    }

    @Test void a_swap_needs_what_it_expects() {
      assertThat(Histories.with().initially(0).cas("a", 1, 2, 0, 9).cas("b", 0, 1, 0, 9).read("c", 2, 10, 11).history())
          .isLinearizable(BUDGET);
      History twice = Histories.with().initially(0).cas("a", 0, 1, 0, 9).cas("b", 0, 2, 0, 9).history();
      failing(() -> assertThat(twice).isLinearizable(BUDGET)).hasMessageContaining("of 2 these 2 are enough");
    }

    @Test void operations_that_touch_in_time_are_concurrent() {
      assertThat(Histories.with().initially(0).write("a", 1, 0, 5).read("b", 0, 5, 9).history()).isLinearizable(BUDGET);
      failing(() -> assertThat(Histories.with().initially(0).write("a", 1, 0, 5).read("b", 0, 6, 9).history())
          .isLinearizable(BUDGET)).hasMessageContaining("these 2");
    }

    @Test void counters_have_an_order_too() {
      Histories base = Histories.with().add("a", 1, 0, 10).add("b", 1, 0, 10).read("c", 1, 2, 3).read("d", 2, 4, 5);
      assertThat(base.history()).isLinearizable(BUDGET);
      failing(() -> assertThat(base.read("e", 1, 6, 7).history()).isLinearizable(BUDGET))
          .hasMessageContaining("e read x");
    }

    @Test void a_counter_that_nobody_set_begins_at_zero_and_one_that_is_not_there_is_zero() {
      Histories base = Histories.with().read("a", null, 0, 1).read("b", 0, 2, 3).add("a", 2, 4, 5).read("b", 2, 6, 7);
      assertThat(base.history()).isLinearizable(BUDGET);
      failing(() -> assertThat(base.read("c", null, 8, 9).history()).isLinearizable(BUDGET))
          .hasMessageContaining("the operations on x, which was 0 before")
          .hasMessageContaining("#5 c read x = null");
    }

    @Test void a_register_that_is_not_there_is_not_zero() {
      failing(() -> assertThat(Histories.with().read("a", 0, 0, 1).history()).isLinearizable(BUDGET))
          .hasMessageContaining("which was null before");
      failing(() -> assertThat(Histories.with().initially(0).read("a", null, 0, 1).history()).isLinearizable(BUDGET))
          .hasMessageContaining("which was 0 before");
    }

    @Test void a_search_without_end_is_inconclusive() {
      Histories hard = Histories.with();
      for (int i = 0; i < 40; i++) {
        hard.add("p" + i, 1 << (i % 20), 0, 1_000);
      }
      History history = hard.read("r", 3, 1_001, 1_002).history();
      assertThatThrownBy(() -> assertThat(history).isLinearizable(Duration.ofMillis(20)))
          .isInstanceOf(org.opentest4j.TestAbortedException.class)
          .hasMessageContainingAll("INCONCLUSIVE", "operations on x", "the time was over after", "give more time");
    }

    @Test void a_set_is_no_register() {
      History set = Histories.with().add("a", "e", 0, 1).history();
      assertThatThrownBy(() -> assertThat(set).isLinearizable(BUDGET))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("setComplete()");
    }

    @Test void an_empty_history_proves_nothing() {
      failing(() -> assertThat(Histories.with().history()).isLinearizable(BUDGET)).hasMessageContaining("no operation");
    }
  }

  @Test void assertions_chain() {
    History history = Histories.with().initially(0)
        .read("a", 0, 0, 1).write("a", 1, 2, 3).read("a", 1, 4, 5).read("a", 1, 6, 7).history();
    assertThatCode(() -> assertThat(history)
        .isLinearizable(Duration.ofSeconds(1)).readYourWrites().monotonicReads().hasNoLostUpdates())
        .doesNotThrowAnyException();
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> failing(ThrowingCallable assertion) {
    return assertThatThrownBy(assertion).isInstanceOf(AssertionError.class);
  }
}
