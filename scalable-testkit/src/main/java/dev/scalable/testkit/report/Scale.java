package dev.scalable.testkit.report;

import java.util.ArrayList;
import java.util.List;

/**
 * One axis: where a value lies between its ends, as a share from 0 to 1, and at which values it has marks.
 *
 * @param logarithmic whether equal ways are equal factors
 */
record Scale(double from, double to, boolean logarithmic, List<Double> ticks) {
  private static final double[] STEPS = {1, 2, 5};

  /** An axis from 0 to the maximum, with a mark at each of at most so many round steps. */
  static Scale linear(double maximum, int mostTicks) {
    double step = roundUp(Math.max(maximum, 1e-9) / mostTicks);
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; i * step <= maximum * (1 + 1e-9); i++) {
      ticks.add(i * step);
    }
    return new Scale(0, Math.max(maximum, 1e-9), false, List.copyOf(ticks));
  }

  /** A linear axis that ends at a mark above the maximum. */
  static Scale linearRounded(double maximum, int mostTicks) {
    double step = roundUp(Math.max(maximum, 1e-9) / mostTicks);
    return linear(Math.ceil(Math.max(maximum, 1e-9) / step - 1e-9) * step, mostTicks);
  }

  /** An axis of factors between the round values around both, with marks at 1, 2, 5 if they are few, else at powers. */
  static Scale logarithmic(double minimum, double maximum) {
    double low = roundDown(minimum);
    double high = roundUp(Math.max(maximum, minimum * 1.01));
    boolean fine = Math.log10(high / low) <= 2;
    List<Double> ticks = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(low) + 1e-9); Math.pow(10, power) <= high * (1 + 1e-9); power++) {
      for (double step : fine ? STEPS : new double[] {1}) {
        double tick = step * Math.pow(10, power);
        if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) {
          ticks.add(tick);
        }
      }
    }
    return new Scale(low, high, true, List.copyOf(ticks));
  }

  /** Where the value lies; what is beyond an end is at that end. */
  double share(double value) {
    double share = logarithmic
        ? Math.log(Math.max(value, from) / from) / Math.log(to / from)
        : (value - from) / (to - from);
    return Math.clamp(share, 0, 1);
  }

  /** The next of 1, 2, 5, 10, 20 and so on that is not below. */
  static double roundUp(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (double step : STEPS) {
      if (step * power >= value * (1 - 1e-9)) {
        return step * power;
      }
    }
    return 10 * power;
  }

  private static double roundDown(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value) + 1e-9));
    for (int i = STEPS.length - 1; i >= 0; i--) {
      if (STEPS[i] * power <= value * (1 + 1e-9)) {
        return STEPS[i] * power;
      }
    }
    return power;
  }
}
