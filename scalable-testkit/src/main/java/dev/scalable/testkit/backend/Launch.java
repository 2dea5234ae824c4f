package dev.scalable.testkit.backend;

import java.util.List;
import java.util.Map;

/**
 * One start of a program, with all variables filled in.
 *
 * @param name of the node: {@code app-1}, {@code migrate}
 * @param jvmFlags for a JVM, before the program; after those that the backend sets by itself
 * @param arguments after the program
 * @param environment added to what the backend sets by itself
 */
public record Launch(String name, Program program, List<String> jvmFlags, List<String> arguments,
    Map<String, String> environment) {
  /** Takes copies. */
  public Launch {
    jvmFlags = List.copyOf(jvmFlags);
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }
}
