package dev.scalable.testkit.report;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;

/** How figures are written for people: digits as many as mean something, thousands apart, the same in every locale. */
final class Wording {
  static final String NONE = "–";

  private Wording() {}

  /** 12,345. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** "1 test", "2 tests". */
  static String count(long number, String one, String many) {
    return count(number) + " " + (number == 1 ? one : many);
  }

  /** Three digits that mean something, and never less than the whole number: 0.457, 4.57, 45.7, 1,457. */
  static String number(double value) {
    double size = Math.abs(value);
    int digits = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  /** The number at a mark of an axis, which is round: 0.05, 2.5, 1,000. */
  static String tick(double value) {
    return String.format(Locale.ROOT, "%,.3f", value).replaceFirst("\\.?0+$", "");
  }

  /** The number of milliseconds, without the unit. */
  static String millis(Duration time) {
    return number(time.toNanos() / 1e6);
  }

  /** The number of milliseconds, or a dash. */
  static String millis(OptionalDouble nanos) {
    return nanos.isPresent() ? number(nanos.getAsDouble() / 1e6) : NONE;
  }

  /** Seconds with unit: 9.87 s. */
  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%,.2f s", time.toNanos() / 1e9);
  }

  /** 45.7 %. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }

  /** What a percentile is called: 0.999 is p99.9. */
  static String percentile(double share) {
    String digits = String.format(Locale.ROOT, "%.4f", share * 100);
    return "p" + digits.replaceFirst("\\.?0+$", "");
  }

  /** The text if it is short enough, otherwise as much of it as fits and three dots. */
  static String shortened(String text, int characters) {
    return text.length() <= characters ? text : text.substring(0, Math.max(0, characters - 1)) + "…";
  }
}
