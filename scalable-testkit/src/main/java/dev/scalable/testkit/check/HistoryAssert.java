package dev.scalable.testkit.check;

import dev.scalable.testkit.history.History;
import java.time.Duration;
import org.assertj.core.api.AbstractAssert;
import org.opentest4j.TestAbortedException;

/**
 * Assertions on what concurrent processes saw of data. A failing one names the operations that contradict it, with
 * their processes, times and values. One that there is nothing to judge by fails too, and says what to record.
 */
public final class HistoryAssert extends AbstractAssert<HistoryAssert, History> {
  HistoryAssert(History actual) {
    super(actual, HistoryAssert.class);
  }

  /**
   * Holds if the operations on each key, taken as a register or a counter, have an order that explains all answers and
   * in which each stands between its invocation and its end. One in doubt may take effect at any time after its
   * invocation, or never. A key that is added to is a counter: nothing in it, before or in an answer, is zero.
   *
   * <p>A failure shows a part of the history that contradicts itself and of which no operation can be left out.
   *
   * @param budget how long to search for an order: the problem is NP-complete (Gibbons and Korach, 1997), though a
   *     history of thousands of operations on a key with few at once takes milliseconds
   * @throws TestAbortedException if the search did not end within the budget: inconclusive
   */
  public HistoryAssert isLinearizable(Duration budget) {
    isNotNull();
    return require("linearizable", Linearizability.of(actual, budget));
  }

  /**
   * Holds if every read of a counter saw at least the sum of the additions acknowledged before it began, and at most
   * that of those attempted before it ended.
   */
  public HistoryAssert counterWithinBounds() {
    isNotNull();
    return require("counters to stay within their bounds", CounterBounds.of(actual));
  }

  /**
   * Holds if no acknowledged update overwrote another unseen: no two were made from one version of a key. For histories
   * in which processes read, change and write: a write counts as made from what its process last saw under the key.
   */
  public HistoryAssert hasNoLostUpdates() {
    isNotNull();
    return require("no update to be lost", LostUpdates.of(actual));
  }

  /** Holds if no two acknowledged additions under one key got the same element, such as an id that the system gave. */
  public HistoryAssert idsUnique() {
    isNotNull();
    return require("ids to be unique", UniqueIds.of(actual));
  }

  /**
   * Holds if every element whose addition was acknowledged was seen by every read that began after that, nothing was
   * seen twice, and nothing that was not added. What one read saw, acknowledged or not, every read that began after
   * that one must see too: nothing may be removed from the set meanwhile.
   */
  public HistoryAssert setComplete() {
    return setCompleteWithin(Duration.ZERO);
  }

  /** Holds as {@link #setComplete}, but an element may be unseen for a time after it was known, if it is seen later. */
  public HistoryAssert setCompleteWithin(Duration tolerated) {
    isNotNull();
    return require("the set to be complete", SetFull.of(actual, tolerated));
  }

  /**
   * Holds if no process read an older value than it had written itself, and saw what it had added. Only what is certain
   * counts: values set by operations that overlap or are in doubt are not older than one another.
   */
  public HistoryAssert readYourWrites() {
    isNotNull();
    return require("processes to read their writes", SessionGuarantee.readYourWrites(actual));
  }

  /** Holds if no process read an older value after a newer one, by the same certainty as {@link #readYourWrites}. */
  public HistoryAssert monotonicReads() {
    isNotNull();
    return require("reads never to go back", SessionGuarantee.monotonicReads(actual));
  }

  private HistoryAssert require(String expected, Finding finding) {
    switch (finding.verdict()) {
      case PASS -> {}
      case FAIL -> failWithMessage("%s", "expected " + expected + ": " + finding.message() + "\n  in " + actual);
      case INCONCLUSIVE -> throw new TestAbortedException(
          "INCONCLUSIVE: expected " + expected + ": " + finding.message() + "\n  in " + actual);
    }
    return this;
  }
}
