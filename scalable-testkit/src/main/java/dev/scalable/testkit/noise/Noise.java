package dev.scalable.testkit.noise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the machine did while something was measured on it. Immutable. A share is from 0 to 1; what this operating
 * system does not tell is empty, never zero.
 *
 * @param hiccupP99 how much longer than asked a sleep of 1 ms took in 99 % of the time; a long pause counts as all the
 *     sleeps that it swallowed, as in jHiccup
 * @param hiccupMax the longest such delay
 * @param stealShare of the machine's processor time, what the hypervisor gave to others; empty elsewhere than on Linux
 * @param cpuShare of the machine's processor time, what anybody used, this JVM included; empty elsewhere than on Linux
 * @param loadAverage the highest load average over one minute that was seen
 * @param generatorShare of the time of the processors that this JVM may use, what it used itself: it is the one that
 *     makes the load
 * @param gcTime how long this JVM's garbage collectors made it stand still, as far as they tell
 */
public record Noise(
    Duration hiccupP99,
    Duration hiccupMax,
    OptionalDouble stealShare,
    OptionalDouble cpuShare,
    OptionalDouble loadAverage,
    OptionalDouble generatorShare,
    Duration gcTime) {

  private static final Duration MOST_HICCUP = Duration.ofMillis(20);
  private static final OptionalDouble MOST_STEAL = OptionalDouble.of(0.05);
  private static final OptionalDouble MOST_GENERATOR = OptionalDouble.of(0.5);

  /**
   * Returns why times measured meanwhile tell more about the machine than about what was measured; empty if they do
   * not. They do with a hiccup p99 above 20 ms, a steal share above 5 %, or a generator that used more than half of the
   * processors. Counts, such as of lost requests, keep their meaning.
   */
  public Optional<String> disturbed() {
    List<String> reasons = new ArrayList<>();
    if (hiccupP99.compareTo(MOST_HICCUP) > 0) {
      reasons.add("hiccups of " + millis(hiccupP99) + " at p99, more than " + millis(MOST_HICCUP));
    }
    if (stealShare.orElse(0) > MOST_STEAL.getAsDouble()) {
      reasons.add("the hypervisor took " + percent(stealShare) + ", more than " + percent(MOST_STEAL));
    }
    if (generatorShare.orElse(0) > MOST_GENERATOR.getAsDouble()) {
      reasons.add("the load generator used " + percent(generatorShare) + " of the processors, more than "
          + percent(MOST_GENERATOR));
    }
    return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
  }

  /** Returns all figures in one line. */
  @Override
  public String toString() {
    return "hiccups p99 " + millis(hiccupP99) + ", max " + millis(hiccupMax)
        + "; steal " + percent(stealShare)
        + ", machine busy " + percent(cpuShare)
        + ", load average " + (loadAverage.isEmpty() ? "unknown" : decimal(loadAverage.getAsDouble(), 2))
        + "; generator " + percent(generatorShare)
        + ", its garbage collection " + millis(gcTime);
  }

  private static String millis(Duration time) {
    return decimal(time.toNanos() / 1e6, 1) + " ms";
  }

  private static String percent(OptionalDouble share) {
    return share.isEmpty() ? "unknown" : decimal(share.getAsDouble() * 100, 1) + " %";
  }

  private static String decimal(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
