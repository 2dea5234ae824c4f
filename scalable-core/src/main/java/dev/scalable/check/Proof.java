package dev.scalable.check;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the compiler's check leaves beside a component's classes: that it ran, and what the start cannot see for itself.
 * Since JDK 23 javac runs only processors that are configured, so a build may lose the check without a word; the lack
 * of this file says it.
 *
 * @param appClasses binary names of classes which tell where the app's own classes lie: at least one of each jar or
 *     folder, and of each package in it, that holds a component, a module or an injected class
 * @param sharedTypes binary names of what {@code @SharedState} providers return
 */
record Proof(Set<String> appClasses, Set<String> sharedTypes) {

  /** Of a component that was compiled without the check. */
  static final Proof NONE = new Proof(Set.of(), Set.of());

  private static final String FOLDER = "META-INF/scalable/stateless/";
  private static final String CLASS = "class ";
  private static final String SHARED = "shared ";

  Proof {
    appClasses = Set.copyOf(appClasses);
    sharedTypes = Set.copyOf(sharedTypes);
  }

  /** Where the proof of a component lies, by its binary name. */
  static String resource(String component) {
    return FOLDER + component;
  }

  /** Sorted, so that equal sources give equal jars. */
  String write() {
    List<String> lines = new ArrayList<>();
    new TreeSet<>(appClasses).forEach(name -> lines.add(CLASS + name));
    new TreeSet<>(sharedTypes).forEach(name -> lines.add(SHARED + name));
    return String.join("\n", lines) + "\n";
  }

  /** The proof of a component; empty when it was compiled without the check. */
  static Optional<Proof> of(Class<?> component) {
    ClassLoader loader = component.getClassLoader();
    try (InputStream in = loader.getResourceAsStream(resource(component.getName()))) {
      return in == null ? Optional.empty() : Optional.of(read(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new IllegalStateException(resource(component.getName()) + " is there and cannot be read: " + e, e);
    }
  }

  static Proof read(String text) {
    Set<String> classes = new TreeSet<>();
    Set<String> shared = new TreeSet<>();
    text.lines().forEach(line -> {
      if (line.startsWith(CLASS)) {
        classes.add(line.substring(CLASS.length()));
      } else if (line.startsWith(SHARED)) {
        shared.add(line.substring(SHARED.length()));
      }
    });
    return new Proof(classes, shared);
  }
}
