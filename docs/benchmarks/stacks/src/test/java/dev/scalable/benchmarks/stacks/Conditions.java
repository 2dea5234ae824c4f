package dev.scalable.benchmarks.stacks;

import dev.scalable.benchmarks.Machine;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What a run is told of, so that another can be made of it: when, where, of what and how. */
final class Conditions {

  private static final String COMMAND =
      "mvn -Pbench -pl docs/benchmarks/stacks -am test -Dtest=StacksBench -Dsurefire.failIfNoSpecifiedTests=false";

  private Conditions() {}

  /** Those that are known before anything is started, by name, in the order in which they are told. */
  static Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("begun", now());
    facts.put("commit", commit());
    facts.put("command", COMMAND + settings());
    facts.putAll(Machine.facts());
    facts.put("load before", Machine.load());
    facts.put("java options", String.join(" ", Jvm.flags()));
    facts.put("connections", Integer.toString(Stand.USERS));
    return facts;
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** What is measured, unless it is no clone. */
  private static String commit() {
    return Command.output("git", "rev-parse", "--short=10", "HEAD")
        .map(id -> Command.output("git", "status", "--porcelain").orElse("").isEmpty() ? id : id + " and changes")
        .orElse("unknown");
  }

  /** Those of the measurement that were given, but for a path on this machine. */
  private static String settings() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("stacks") && !name.equals("stacks.python"))
        .sorted().map(name -> " " + quoted("-D" + name + "=" + System.getProperty(name)))
        .collect(Collectors.joining());
  }

  private static String quoted(String argument) {
    return argument.contains(" ") ? "'" + argument + "'" : argument;
  }
}
