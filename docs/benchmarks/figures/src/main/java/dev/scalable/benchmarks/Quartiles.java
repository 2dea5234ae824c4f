package dev.scalable.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * What a quarter, a half and three quarters of some values are not above; between two values, where that lies between.
 *
 * @param lower a quarter
 * @param median a half
 * @param upper three quarters
 */
public record Quartiles(double lower, double median, double upper) {

  /** Of some values, at least one. */
  public static Quartiles of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return new Quartiles(share(sorted, 0.25), share(sorted, 0.5), share(sorted, 0.75));
  }

  private static double share(List<Double> sorted, double share) {
    double place = share * (sorted.size() - 1);
    double below = sorted.get((int) Math.floor(place));
    return below + (place - Math.floor(place)) * (sorted.get((int) Math.ceil(place)) - below);
  }

  /**
   * As text.
   *
   * @param each how one is written, for example {@code "%.1f"}
   */
  public String text(String each) {
    return String.format(Locale.ROOT, each + " (" + each + " to " + each + ")", median, lower, upper);
  }
}
