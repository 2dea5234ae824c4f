package dev.scalable.testkit.load;

import java.util.List;

/**
 * What one user does in one go: its requests, in order.
 *
 * @param weight its share in a mix
 */
record Scenario(List<Step> steps, int weight) {
  static Scenario of(RequestTemplate template) {
    return new Scenario(List.of(Step.of(template)), template.weight());
  }

  /** Its steps in a row, or the only one. */
  @Override
  public String toString() {
    return String.join(", then ", steps.stream().map(Step::name).toList());
  }
}
