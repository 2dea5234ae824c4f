package dev.scalable.deploy.kubernetes;

import java.util.ArrayList;
import java.util.List;

/** Gathers what one check finds. */
final class Findings {

  private final List<Finding> all = new ArrayList<>();

  /**
   * Adds one.
   *
   * @param message what is wrong, as {@link String#format} takes it
   */
  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency; all calls are in this package
  void add(Place place, String message, Object... values) {
    all.add(new Finding(place, message.formatted(values)));
  }

  List<Finding> all() {
    return List.copyOf(all);
  }
}
