package dev.scalable.testkit.check;

import java.util.Collection;

/**
 * Pearson's chi-square test of counts against an even distribution. The tail of the chi-square distribution is the
 * upper regularised incomplete gamma function, by series and continued fraction as in Abramowitz and Stegun 6.5.29 and
 * 6.5.31; a statistics library for this one function would be the largest dependency of the testkit.
 */
final class ChiSquare {
  private ChiSquare() {}

  /** The probability that an even chance gives counts at least as uneven as these, of which there are two or more. */
  static double likelihoodOfEven(Collection<Integer> counts) {
    double expected = counts.stream().mapToInt(Integer::intValue).average().orElseThrow();
    double statistic = counts.stream().mapToDouble(count -> (count - expected) * (count - expected) / expected).sum();
    return tail((counts.size() - 1) / 2.0, statistic / 2);
  }

  /** Q(a, x), the upper regularised incomplete gamma function. */
  static double tail(double a, double x) {
    if (x <= 0) {
      return 1;
    }
    double scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
    return x < a + 1 ? 1 - scale * series(a, x) : scale * fraction(a, x);
  }

  private static double series(double a, double x) {
    double term = 1 / a;
    double sum = term;
    for (double n = a + 1; term > sum * 1e-15; n++) {
      term *= x / n;
      sum += term;
    }
    return sum;
  }

  /** Lentz's method on the continued fraction. */
  private static double fraction(double a, double x) {
    double b = x + 1 - a;
    double c = 1e300;
    double d = 1 / b;
    double value = d;
    double change = 0;
    for (int i = 1; i <= 1_000 && Math.abs(change - 1) > 1e-15; i++) {
      double factor = i * (a - i);
      b += 2;
      d = 1 / (factor * d + b);
      c = b + factor / c;
      change = c * d;
      value *= change;
    }
    return value;
  }

  /** The logarithm of gamma of a multiple of one half, which is all that degrees of freedom ask for. */
  private static double logGamma(double halves) {
    double log = halves % 1 == 0 ? 0 : Math.log(Math.PI) / 2;
    for (double x = halves % 1 == 0 ? 1 : 0.5; x < halves; x++) {
      log += Math.log(x);
    }
    return log;
  }
}
