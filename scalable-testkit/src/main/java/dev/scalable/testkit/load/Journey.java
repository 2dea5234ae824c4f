package dev.scalable.testkit.load;

import java.util.Map;
import java.util.TreeMap;

/**
 * One way of one user through the steps of a load, and what it has learnt from the answers so far. For the thread that
 * sends it only.
 */
public final class Journey {
  private final String run;
  private final int user;
  private final int number;
  private Map<String, String> values = Map.of();

  Journey(String run, int user, int number) {
    this.run = run;
    this.user = user;
    this.number = number;
  }

  /**
   * Returns what an earlier step saved under that name.
   *
   * @throws IllegalArgumentException if none did
   */
  public String value(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "no step before saved a value as '" + name + "', there are " + values.keySet() + ": call save after a step");
    }
    return value;
  }

  /** Returns who makes it, from 0: a user of a closed model, an arrival of an open one. */
  public int user() {
    return user;
  }

  /** A number that differs from that of the journey before, to choose instances by. */
  int number() {
    return number;
  }

  String run() {
    return run;
  }

  void save(String name, String value) {
    if (values.isEmpty()) {
      values = new TreeMap<>();
    }
    values.put(name, value);
  }
}
