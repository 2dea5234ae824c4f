package dev.scalable.cache.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who is there, what can go wrong, and by which rules they go.
 *
 * @param readers at which instance each reader is
 * @param writers at which instance each writer is, and what it changes
 * @param beginsWarm whether both instances and Redis have the value at the beginning
 * @param onlyOneKeeps whether only instance A keeps anything and follows the log
 * @param bound for how long a proof holds, in ticks of the clock; 0 for no clock and no proof
 * @param ticks how often the clock ticks
 */
record Setting(List<Reading> readers, List<Writing> writers, Set<Fault> faults, Set<Rule> rules, boolean beginsWarm,
    boolean onlyOneKeeps, int bound, int ticks) {

  /** The two instances. */
  static final int A = 0;
  static final int B = 1;

  /** What the whole protocol consists of. */
  private static final Set<Rule> ALL = EnumSet.complementOf(EnumSet.of(Rule.ANSWER_THEN_STORE));

  /** A reader, and what a trace calls it. */
  record Reading(int home, boolean refreshes, String who) {}

  /** What a writer does, once it has committed. */
  enum Change {
    /** Invalidates the key. */
    THE_KEY,
    /** Clears the cache, the key with it. */
    ALL_KEYS,
    /** Has changed something else, and invalidates that. */
    ANOTHER_KEY,
    /** The same, by an instance whose links have stayed with the old primary. */
    ANOTHER_KEY_AT_OLD_PRIMARY
  }

  /** A writer, and what a trace calls it. */
  record Writing(int home, Change change, String who) {}

  static Setting cold() {
    return new Setting(List.of(), List.of(), EnumSet.noneOf(Fault.class), ALL, false, false, 0, 0);
  }

  static Setting warm() {
    return new Setting(List.of(), List.of(), EnumSet.noneOf(Fault.class), ALL, true, false, 0, 0);
  }

  Setting reader(int home) {
    return new Setting(plus(readers, new Reading(home, false, "reader " + (readers.size() + 1) + at(home))), writers, faults, rules, beginsWarm, onlyOneKeeps, bound, ticks);
  }

  Setting refresher(int home) {
    return new Setting(plus(readers, new Reading(home, true, "refresh " + (readers.size() + 1) + at(home))), writers, faults, rules, beginsWarm, onlyOneKeeps, bound, ticks);
  }

  Setting writer(int home) {
    return writer(home, Change.THE_KEY);
  }

  Setting writer(int home, Change change) {
    String where = change == Change.ANOTHER_KEY_AT_OLD_PRIMARY ? " at the old primary" : at(home);
    return new Setting(readers, plus(writers, new Writing(home, change, "writer " + (writers.size() + 1) + where)), faults, rules,
        beginsWarm, onlyOneKeeps, bound, ticks);
  }

  Setting fault(Fault first, Fault... more) {
    EnumSet<Fault> all = EnumSet.of(first, more);
    all.addAll(faults);
    return new Setting(readers, writers, all, rules, beginsWarm, onlyOneKeeps, bound, ticks);
  }

  Setting without(Rule first, Rule... more) {
    EnumSet<Rule> left = EnumSet.copyOf(rules);
    left.removeAll(EnumSet.of(first, more));
    return new Setting(readers, writers, faults, left, beginsWarm, onlyOneKeeps, bound, ticks);
  }

  Setting with(Rule rule) {
    EnumSet<Rule> all = EnumSet.copyOf(rules);
    all.add(rule);
    return new Setting(readers, writers, faults, all, beginsWarm, onlyOneKeeps, bound, ticks);
  }

  Setting clock(int holds, int until) {
    return new Setting(readers, writers, faults, rules, beginsWarm, onlyOneKeeps, holds, until);
  }

  /** Leaves out what instance B would do but write; what it keeps is kept just as at A. */
  Setting onlyA() {
    return new Setting(readers, writers, faults, rules, beginsWarm, true, bound, ticks);
  }

  private static String at(int home) {
    return home == A ? " at A" : " at B";
  }

  boolean has(Rule rule) {
    return rules.contains(rule);
  }

  boolean can(Fault fault) {
    return faults.contains(fault);
  }

  /** Whether the heap has to be proven. */
  boolean proves() {
    return bound > 0 && has(Rule.PROOF);
  }

  boolean splits() {
    return can(Fault.SPLIT) || can(Fault.SPLIT_WHOLE);
  }

  /** After a failover that lost entries an instance does go back, until that is found out. */
  boolean goesBack() {
    return can(Fault.FAILOVER) || splits();
  }

  private static <T> List<T> plus(List<T> all, T one) {
    return Stream.concat(all.stream(), Stream.of(one)).toList();
  }
}
