package dev.scalable.testkit.check;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on for how long instances showed what was no longer so. A failing one names instance, version and time.
 */
public final class StalenessAssert extends AbstractAssert<StalenessAssert, Staleness> {
  StalenessAssert(Staleness actual) {
    super(actual, StalenessAssert.class);
  }

  /** Holds if every instance showed every write, and no read of an older version began later than this after it. */
  public StalenessAssert maxAtMost(Duration limit) {
    requireShown();
    Optional<Staleness.Sample> worst = actual.samples().stream().max(Comparator.comparing(Staleness.Sample::time));
    if (worst.isEmpty() || worst.get().time().compareTo(limit) > 0) {
      failWithMessage("%s", "expected no read of an older version later than " + Staleness.millis(limit)
          + " after a write was acknowledged, "
          + worst.map(one -> "but " + one.instance() + " showed one " + Staleness.millis(one.time())
              + " after version " + one.version() + " was").orElse("but there is no sample")
          + "\n  " + actual);
    }
    return this;
  }

  /** Holds if every instance showed every write, and 99 % of the times are at most this; needs 1,000 samples. */
  public StalenessAssert p99AtMost(Duration limit) {
    requireShown();
    if (!actual.supports(0.99)) {
      failWithMessage("%s", actual.samples().size() + " samples, one for each write and instance, are too few to tell"
          + " a p99: write more often, there must be 1,000\n  " + actual);
    }
    if (actual.p(0.99).compareTo(limit) > 0) {
      failWithMessage("%s", "expected a p99 staleness of at most " + Staleness.millis(limit) + ", it is "
          + Staleness.millis(actual.p(0.99)) + "\n  " + actual);
    }
    return this;
  }

  private void requireShown() {
    isNotNull();
    actual.samples().stream().filter(one -> !one.shown()).findFirst().ifPresent(never ->
        failWithMessage("%s", "expected every instance to show every write, but " + never.instance() + " did not show"
            + " version " + never.version() + " " + Staleness.millis(never.time()) + " after it was acknowledged\n  "
            + actual));
  }
}
