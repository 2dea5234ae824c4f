package dev.scalable.cost;

import java.util.List;

/** Medians, quartiles and the like. */
final class Shares {

  private Shares() {}

  /** What such a share of the values is not above. */
  static double of(List<Double> values, double share) {
    return values.stream().sorted().skip(Math.round(share * (values.size() - 1))).findFirst().orElseThrow();
  }
}
