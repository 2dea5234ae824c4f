package dev.scalable.benchmarks.stacks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The stacks that can be measured, in the order in which they are. */
final class Contestants {

  private static final Map<String, Supplier<Stack>> ALL = new LinkedHashMap<>();

  static {
    ALL.put(Stack.OURS, Starter::stack);
    ALL.put("fastapi", FastApi::stack);
  }

  private Contestants() {}

  /**
   * Those of {@code -Dstacks=ours,fastapi}, or all; ours is always among them, and first.
   *
   * @throws IllegalArgumentException if one is named that there is not
   */
  static List<Stack> wanted() {
    String names = System.getProperty("stacks", String.join(",", ALL.keySet()));
    return Stream.concat(Stream.of(Stack.OURS), Stream.of(names.strip().split("\\s*,\\s*"))).distinct()
        .map(Contestants::named).toList();
  }

  private static Stack named(String name) {
    Supplier<Stack> stack = ALL.get(name);
    if (stack == null) {
      throw new IllegalArgumentException("-Dstacks names \"" + name + "\"; there are " + ALL.keySet());
    }
    return stack.get();
  }
}
