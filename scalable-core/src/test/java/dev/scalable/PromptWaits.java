package dev.scalable;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.pollinterval.IterativePollInterval;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has every test look at once for what it waits for, then soon again, and less often the longer it takes. By itself
 * Awaitility looks for the first time after 100 ms: there are hundreds of waits, most of them for what is there already.
 */
public final class PromptWaits implements BeforeAllCallback {

  private static final Duration FIRST = Duration.ofMillis(5);
  private static final Duration MOST = Duration.ofMillis(100);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(IterativePollInterval.iterative(
        last -> last.multipliedBy(2).compareTo(MOST) < 0 ? last.multipliedBy(2) : MOST, FIRST));
  }
}
