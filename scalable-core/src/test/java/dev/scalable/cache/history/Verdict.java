package dev.scalable.cache.history;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a history says.
 *
 * @param judged how many reads could have broken each promise
 * @param violations those that did, in no order across keys
 */
public record Verdict(Map<Promise, Long> judged, List<Violation> violations) {

  private static final int EXAMPLES = 5;

  /** How many reads broke a promise. */
  public long broken(Promise promise) {
    return violations.stream().filter(each -> each.promise() == promise).count();
  }

  @Override
  public String toString() {
    return "of so many reads that were judged: " + judged + ", so many are not as promised: " + violations.size()
        + violations.stream().limit(EXAMPLES).map(each -> "\n  " + each).collect(Collectors.joining());
  }
}
