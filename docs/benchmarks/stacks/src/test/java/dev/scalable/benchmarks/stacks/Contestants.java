package dev.scalable.benchmarks.stacks;

import dev.scalable.benchmarks.figures.Run;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The stacks that can be measured, in the order in which they are. */
final class Contestants {

  private static final Map<String, Supplier<Stack>> ALL = new LinkedHashMap<>();

  static {
    ALL.put(Run.OURS, Starter::stack);
    ALL.put("fastapi", FastApi::stack);
    ALL.put("undertow",
        () -> JavaPeer.stack("undertow", "Undertow with a pool of workers", "undertow-core", "undertow.Main"));
    ALL.put("helidon", () -> JavaPeer.stack("helidon", "Helidon SE", "helidon-webserver", "helidon.Main"));
    ALL.put("javalin", () -> JavaPeer.stack("javalin", "Javalin", "javalin", "javalin.Main"));
    ALL.put("spring-boot", () -> JavaPeer.stack("spring-boot", "Spring Boot", "spring-boot", "spring.Main"));
  }

  private Contestants() {}

  /**
   * Those of {@code -Dstacks=ours,fastapi}, or all; ours is always among them, and first.
   *
   * @throws IllegalArgumentException if one is named that there is not
   */
  static List<Stack> wanted() {
    String names = System.getProperty("stacks", String.join(",", ALL.keySet()));
    return Stream.concat(Stream.of(Run.OURS), Stream.of(names.strip().split("\\s*,\\s*"))).distinct()
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
