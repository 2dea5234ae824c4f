package dev.scalable.testkit.check;

import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.load.LoadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the times and rates of a run tell of the system under test, and what follows from that for a promise about
 * them.
 *
 * <p>Noise makes answers slow and rates low, so a promise that is kept on a noisy machine is kept. A load that was not
 * sent as described, or a yardstick that changed meanwhile, may err to either side: then nothing can be said.
 */
final class Soundness {
  /** Set to {@code enforce}, what is inconclusive fails: for machines that have nothing else to do. */
  private static final String SWITCH = "scalable.testkit.performance";

  private final LoadResult result;
  private final @Nullable Calibration afterwards;

  Soundness(LoadResult result, @Nullable Calibration afterwards) {
    this.result = result;
    this.afterwards = afterwards;
  }

  /** What speaks against any figure of the run, also a good one. */
  List<String> againstAny(boolean comparedWithCalibration) {
    List<String> reasons = new ArrayList<>();
    if (!result.validity().valid()) {
      reasons.add(result.validity().toString());
    }
    if (comparedWithCalibration) {
      changed().ifPresent(reasons::add);
    }
    return reasons;
  }

  /** What speaks against a bad figure only. */
  List<String> againstBad() {
    List<String> reasons = new ArrayList<>();
    result.noise().disturbed().ifPresent(reasons::add);
    changed().ifPresent(reasons::add);
    return reasons;
  }

  private Optional<String> changed() {
    Calibration before = result.calibration().orElse(null);
    if (before == null) {
      return Optional.empty();
    }
    Calibration after = afterwards == null ? result.calibrationAfterwards().orElse(null) : afterwards;
    return after == null || before.agreesWith(after)
        ? Optional.empty()
        : Optional.of("the machine changed: " + before + " before, " + after + " afterwards");
  }

  /** What is said of a figure that is good or bad. */
  Verdict verdict(boolean good, boolean comparedWithCalibration) {
    boolean doubtful = !againstAny(comparedWithCalibration).isEmpty() || (!good && !againstBad().isEmpty());
    if (doubtful) {
      return enforced() ? Verdict.FAIL : Verdict.INCONCLUSIVE;
    }
    return good ? Verdict.PASS : Verdict.FAIL;
  }

  /** The doubts in one line; empty if there is none. */
  String doubts(boolean comparedWithCalibration) {
    List<String> all = new ArrayList<>(againstAny(comparedWithCalibration));
    againstBad().stream().filter(reason -> !all.contains(reason)).forEach(all::add);
    return String.join("; ", all);
  }

  static boolean enforced() {
    return "enforce".equals(System.getProperty(SWITCH));
  }

  /** What to do about a verdict that is none. */
  static String remedy() {
    return enforced()
        ? "it fails because of -D" + SWITCH + "=enforce"
        : "repeat it on a quieter machine; -D" + SWITCH + "=enforce makes it fail instead";
  }
}
