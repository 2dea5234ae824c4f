package dev.scalable.testkit.check;

/**
 * The lower bound of a rate by the score interval of Wilson ("Probable Inference, the Law of Succession, and
 * Statistical Inference", 1927), which unlike the normal approximation holds for rates near 1.
 *
 * <p>The square of its quantile is 3: one-sided, that is a confidence of 95.8 %. So with no failure among n it says the
 * same as the rule of three, a failure rate below 3/n, and the two never contradict each other in one report.
 */
final class Wilson {
  private static final double SQUARED_QUANTILE = 3;
  private static final double ROUNDING = 1e-12;

  private Wilson() {}

  /** The rate that is certainly exceeded; 0 if there was nothing. */
  static double lowerBound(long successes, long n) {
    if (n == 0) {
      return 0;
    }
    double rate = (double) successes / n;
    double centre = rate + SQUARED_QUANTILE / (2 * n);
    double margin = Math.sqrt(
        SQUARED_QUANTILE * (rate * (1 - rate) / n + SQUARED_QUANTILE / (4.0 * n * n)));
    return Math.max(0, (centre - margin) / (1 + SQUARED_QUANTILE / n));
  }

  /** How many, all of them successes, it takes to show a rate below 1. */
  static long needed(double rate) {
    // Rounded to a millionth first: 0.9999 must need 29,997, not one more.
    return (long) Math.ceil(Math.round(1e6 * SQUARED_QUANTILE * rate / (1 - rate)) / 1e6);
  }

  /** Whether so many successes show a rate. */
  static boolean shows(double rate, long successes, long n) {
    return lowerBound(successes, n) >= rate - ROUNDING;
  }
}
