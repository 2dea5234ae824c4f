package dev.scalable.cache.model;

import static dev.scalable.cache.model.Setting.A;
import static dev.scalable.cache.model.Setting.B;
import static dev.scalable.cache.model.Setting.cold;
import static dev.scalable.cache.model.Setting.warm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.cache.model.Explorer.Verdict;
import dev.scalable.cache.model.Setting.Change;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The protocol holds in every state that it can reach, and no rule of it can be left out. */
class CacheProtocolTest {

  private static final int MOST = Integer.getInteger("scalable.model.states", 1_000_000);

  /** Two readers and two writers, both at both instances. */
  private static final Setting TWO_AND_TWO = cold().reader(A).reader(B).writer(A).writer(B).fault(Fault.LEASE_EXPIRES);
  private static final Setting THREE_AND_ONE = cold().reader(A).reader(B).reader(A).writer(A).fault(Fault.LEASE_EXPIRES);
  private static final Setting KILLED = warm().reader(A).reader(B).writer(A).fault(Fault.WRITER_KILLED, Fault.LEASE_EXPIRES);
  private static final Setting UNANSWERED =
      cold().reader(B).reader(A).writer(A).fault(Fault.INVALIDATION_UNANSWERED, Fault.LEASE_EXPIRES);
  private static final Setting CLEARED = cold().reader(A).reader(B).writer(B, Change.ALL_KEYS).fault(Fault.LEASE_EXPIRES);
  private static final Setting REFRESHED = warm().refresher(A).reader(A).writer(B).fault(Fault.LEASE_EXPIRES);
  private static final Setting FAILING = warm().reader(A).reader(B).writer(B)
      .fault(Fault.VALUE_EXPIRES, Fault.LOAD_FAILS, Fault.LEASE_EXPIRES);
  private static final Setting LOST = warm().reader(A).reader(B).writer(B).writer(B, Change.ANOTHER_KEY).fault(Fault.ENTRY_LOST);
  private static final Setting FAILOVER = warm().reader(A).writer(A).fault(Fault.FAILOVER);

  /** A proof holds for one tick. That is enough: whatever lasts longer than the bound lasts longer than one tick. */
  private static final Setting TIMED = warm().reader(A).reader(A).writer(B).onlyA().clock(1, 2);
  private static final Setting TIMED_CLEAR = warm().reader(A).writer(B, Change.ALL_KEYS).onlyA().clock(1, 2);
  private static final Setting TIMED_LOSS = warm().reader(A).writer(B).writer(B, Change.ANOTHER_KEY).fault(Fault.ENTRY_LOST)
      .onlyA().clock(1, 2);
  private static final Setting SPLIT = warm().writer(B).writer(B, Change.ANOTHER_KEY_AT_OLD_PRIMARY).fault(Fault.SPLIT)
      .onlyA().clock(1, 2);
  /** As far as it can be told from the log alone that the primary is another one. */
  private static final Setting SPLIT_UNSEEN = SPLIT.without(Rule.FAILOVER_SEEN);
  private static final Setting FAILOVER_UNSEEN = warm().writer(B).writer(B, Change.ANOTHER_KEY).writer(B, Change.ANOTHER_KEY)
      .fault(Fault.FAILOVER, Fault.IDS_REPEAT).onlyA().clock(1, 2).without(Rule.FAILOVER_SEEN, Rule.OUTBOX);

  /** A setting in which all is well, until one rule is left out. */
  private record Control(Setting setting, Invariant breaks) {}

  private static Control control(Rule rule) {
    return switch (rule) {
      case LEASE, TOKEN_PER_LOAD -> new Control(THREE_AND_ONE, Invariant.NO_FILL_BEHIND_ITS_FENCE);
      case PLACE_FIRST -> new Control(THREE_AND_ONE, Invariant.NEVER_BEHIND_WHAT_WAS_APPLIED);
      case COMMIT_FIRST -> new Control(warm().reader(A).writer(A), Invariant.FRESH_AT_REST);
      case FAR_THEN_NEAR -> new Control(warm().reader(A).writer(A), Invariant.NEVER_BEHIND_WHAT_WAS_APPLIED);
      case OUTBOX -> new Control(KILLED, Invariant.FRESH_AT_REST);
      case PENDING_BYPASSES, PLACE_THEN_PENDING, PENDING_THEN_NEAR ->
          new Control(UNANSWERED, Invariant.NEVER_BEHIND_WHAT_WAS_APPLIED);
      case GENERATION_AT_FILL -> new Control(CLEARED, Invariant.NO_FILL_BEHIND_ITS_FENCE);
      case CLEAR_TAKES_PLACES, CLEAR_TELLS_GENERATION -> new Control(CLEARED, Invariant.NEVER_BEHIND_WHAT_WAS_APPLIED);
      case GENERATION_ONLY_FORWARD -> new Control(warm().refresher(A).reader(A).writer(B, Change.ALL_KEYS),
          Invariant.NEVER_BEHIND_WHAT_WAS_APPLIED);
      case GENERATION_ASKED_WHILE_UNPROVEN -> new Control(TIMED_CLEAR, Invariant.NEVER_BEYOND_THE_BOUND);
      case CHAIN -> new Control(LOST, Invariant.FRESH_AT_REST);
      case PROOF, PROOF_FROM_SEND, PROOF_THEN_LOOK, NO_PLACE_WHILE_UNPROVEN ->
          new Control(TIMED, Invariant.NEVER_BEYOND_THE_BOUND);
      case CHECK_OVER_DATA_LINK -> new Control(SPLIT, Invariant.NEVER_BEYOND_THE_BOUND);
      case VERY_HEAD -> new Control(SPLIT_UNSEEN, Invariant.NEVER_BEYOND_THE_BOUND);
      case ENTRIES_UNIQUE -> new Control(SPLIT_UNSEEN.fault(Fault.IDS_REPEAT), Invariant.NEVER_BEYOND_THE_BOUND);
      case FAILOVER_SEEN, REPLAY, ROW_OF_ONE_EPOCH -> new Control(FAILOVER, Invariant.FRESH_AT_REST);
      case REFRESH_REPLACES_ITS_OWN -> new Control(REFRESHED, Invariant.NEVER_BEHIND_WHAT_WAS_APPLIED);
      case INVALIDATED_IS_GONE -> new Control(FAILING, Invariant.NEVER_BEHIND_WHAT_WAS_APPLIED);
      case FENCED_NOT_KEPT, OWN_ENTRIES, ANSWER_THEN_STORE -> throw new AssertionError(rule + " can be left out");
    };
  }

  @ParameterizedTest
  @EnumSource(value = Rule.class, mode = EnumSource.Mode.EXCLUDE, names = {"FENCED_NOT_KEPT", "OWN_ENTRIES", "ANSWER_THEN_STORE"})
  void without_this_rule_alone_the_protocol_breaks(Rule rule) {
    Control control = control(rule);
    holds("with " + rule, control.setting());
    breaks("without " + rule, control.setting().without(rule), control.breaks());
  }

  private static void holds(String what, Setting setting) {
    Verdict verdict = Explorer.explore(new CacheProtocol(setting), MOST);
    System.out.println(what + ": " + verdict);
    assertThat(verdict.broken()).as(verdict.toString()).isNull();
  }

  private static void breaks(String what, Setting setting, Invariant invariant) {
    Verdict verdict = Explorer.explore(new CacheProtocol(setting), MOST);
    System.out.println(what + ": " + verdict);
    assertThat(verdict.broken()).as(verdict.toString()).isEqualTo(invariant);
    assertThat(verdict.trace()).isNotEmpty();
  }

  @Test
  void it_holds_with_two_readers_and_two_writers() {
    holds("two readers, two writers", TWO_AND_TWO);
  }

  @Test
  void it_holds_when_readers_stop_waiting_for_a_lease() {
    holds("readers that stop waiting", THREE_AND_ONE.fault(Fault.WAIT_ENDS));
  }

  @Test
  void it_holds_when_callers_are_answered_before_redis_has_the_value() {
    holds("answered, then stored", THREE_AND_ONE.with(Rule.ANSWER_THEN_STORE));
    holds("answered, then stored, with two writers", TWO_AND_TWO.with(Rule.ANSWER_THEN_STORE));
  }

  @Test
  void two_rules_save_time_and_nothing_hangs_on_them() {
    holds("a fenced value is kept", TWO_AND_TWO.without(Rule.FENCED_NOT_KEPT));
    holds("own entries are not applied", THREE_AND_ONE.without(Rule.OWN_ENTRIES));
  }

  @Test
  void what_most_libraries_do_leaves_old_values_until_their_time_to_live_ends() {
    breaks("delete after commit, blind set", TWO_AND_TWO.without(Rule.LEASE, Rule.PLACE_FIRST),
        Invariant.NO_FILL_BEHIND_ITS_FENCE);
    breaks("near first, own messages skipped",
        warm().reader(A).writer(A).without(Rule.FAR_THEN_NEAR, Rule.OWN_ENTRIES), Invariant.NEVER_BEHIND_WHAT_WAS_APPLIED);
  }

  @Test
  void clears_and_invalidations_mix() {
    holds("a clear and an invalidation", CLEARED.writer(A));
  }

  @Test
  void a_redis_that_forgets_everything_costs_loads_and_no_more() {
    Setting flushed = warm().reader(A).reader(B).writer(B).fault(Fault.FLUSHED, Fault.LEASE_EXPIRES);
    holds("FLUSHALL", flushed);
    holds("FLUSHALL, with time", warm().reader(A).writer(B).fault(Fault.FLUSHED).onlyA().clock(1, 2));
  }

  @Test
  void an_entry_that_is_lost_is_missed_by_who_looks_at_ids_alone_and_proves_what_is_not_so() {
    holds("an entry is lost, with time", TIMED_LOSS);
    breaks("an entry is lost, with time, ids alone", TIMED_LOSS.without(Rule.CHAIN), Invariant.NEVER_BEYOND_THE_BOUND);
  }

  @Test
  void after_a_failover_that_lost_entries_the_chain_finds_those_that_took_their_ids() {
    holds("ids given twice", FAILOVER_UNSEEN);
    breaks("ids given twice, ids alone", FAILOVER_UNSEEN.without(Rule.CHAIN, Rule.ENTRIES_UNIQUE),
        Invariant.NEVER_BEYOND_THE_BOUND);
  }

  @Test
  void a_split_brain_is_harmless_while_one_link_is_with_the_new_primary() {
    holds("split", SPLIT.reader(A));
    holds("split, known from the log alone", SPLIT_UNSEEN.fault(Fault.IDS_REPEAT));
  }

  @Test
  void the_limit_an_instance_that_is_left_alone_with_the_old_primary_does_not_know_it() {
    breaks("all links with the old primary", SPLIT.fault(Fault.SPLIT_WHOLE), Invariant.NEVER_BEYOND_THE_BOUND);
  }

  @Test
  @EnabledIfSystemProperty(named = "scalable.model.states", matches = "\\d{8,}", disabledReason = "millions of states: -Pfull")
  void it_holds_in_settings_with_millions_of_states() {
    holds("three readers, two writers", THREE_AND_ONE.writer(B));
    // With a second reader there are more of them than 20 million.
    holds("writers killed, two of them",
        cold().reader(B).writer(A).writer(B).fault(Fault.WRITER_KILLED, Fault.LEASE_EXPIRES));
    holds("failover, two readers", FAILOVER.reader(B).fault(Fault.LEASE_EXPIRES));
    holds("time, two writers", TIMED.writer(B));
  }
}
