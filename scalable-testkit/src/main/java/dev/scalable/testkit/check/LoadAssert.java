package dev.scalable.testkit.check;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.load.LoadResult;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on what a load run did to its requests. A failing one tells the numbers of the run and the first requests
 * concerned, with request id, instance, time and reason.
 */
public final class LoadAssert extends AbstractAssert<LoadAssert, LoadResult> {
  private static final int EXAMPLES = 5;
  private static final double LEAST_LIKELIHOOD = 0.001;

  LoadAssert(LoadResult actual) {
    super(actual, LoadAssert.class);
  }

  /** Holds if the run had exactly so many requests, however they ended. */
  public LoadAssert requests(int expected) {
    return require(
        actual.scheduled() == expected, "expected " + expected + " requests, there were " + actual.scheduled());
  }

  /**
   * Holds if there was a request and every one was answered as the check of the load asked. How much that proves is in
   * {@link LoadResult#confidence()}: no failure among 500 requests means a failure rate below 0.60 %.
   */
  public LoadAssert allSucceeded() {
    return requireNone(exchange -> exchange.fate() != Fate.OK, "expected all requests to succeed", "");
  }

  /**
   * Holds if there was a request and none was lost: not failed, not dropped, and no write left in doubt. The message
   * tells apart what the balancer answered by itself (502, 503 and 504 with {@code X-Error-Source: nginx}: lost on the
   * way), what the application refused by its own will (429 and 503: shed, and to be sent again by the client), and
   * what was not answered at all.
   */
  public LoadAssert lostNothing() {
    long balancer = count(exchange -> exchange.outcome() instanceof Outcome.BadStatus bad && bad.fromBalancer());
    long shed = count(exchange -> exchange.outcome() instanceof Outcome.BadStatus bad
        && !bad.fromBalancer() && (bad.status() == 429 || bad.status() == 503));
    long answered = count(exchange -> exchange.outcome() instanceof Outcome.BadStatus
        || exchange.outcome() instanceof Outcome.CheckFailed);
    long bad = count(exchange -> exchange.fate() != Fate.OK);
    return requireNone(
        exchange -> exchange.fate() != Fate.OK,
        "expected nothing to be lost",
        String.format(
            Locale.ROOT,
            ": %d failed, %d dropped, %d indeterminate;"
                + " %d errors made by the balancer, %d refused by the application (429 or 503),"
                + " %d other bad answers, %d without an answer",
            actual.failed(), actual.dropped(), actual.indeterminate(),
            balancer, shed, answered - balancer - shed, bad - answered));
  }

  /**
   * Holds if round robin dealt the requests out exactly: at least two instances answered, each answer names its
   * instance, and no two of them differ by more than one. Instances that were said to be expected count with zero.
   *
   * <p>With a fault in the run round robin has no reason to be exact, so this fails and says so; see
   * {@link #plausiblyEven()}.
   */
  public LoadAssert evenlyDistributed() {
    require(
        actual.faults().isEmpty(),
        "an exact round robin cannot be expected of a run with faults, whose instances came and went: "
            + actual.faults() + "; if it still should be roughly even, say plausiblyEven()");
    Map<String, Integer> counts = distribution();
    int most = Collections.max(counts.values());
    int least = Collections.min(counts.values());
    return require(
        most - least <= 1,
        "expected an even distribution, at most 1 apart, but the counts are " + most + " - " + least + " = "
            + (most - least) + " apart: " + counts);
  }

  /**
   * Holds if an even chance for each instance could well have given these counts: Pearson's chi-square test does not
   * refute it with p of 0.001 or less. Needs five answers per instance to be expected (Cochran's rule).
   */
  public LoadAssert plausiblyEven() {
    Map<String, Integer> counts = distribution();
    int total = counts.values().stream().mapToInt(Integer::intValue).sum();
    require(
        total >= 5 * counts.size(),
        "too few answers for a chi-square test: " + total + " of " + counts.size() + " instances, needed are "
            + 5 * counts.size());
    double likelihood = ChiSquare.likelihoodOfEven(counts.values());
    return require(
        likelihood > LEAST_LIKELIHOOD,
        String.format(
            Locale.ROOT, "expected a plausibly even distribution, but chance gives one so uneven with p = %.2g: %s",
            likelihood, counts));
  }

  /** Holds if exactly these instances answered, each at least once. */
  public LoadAssert servedBy(String... instances) {
    Set<String> expected = new TreeSet<>(List.of(instances));
    return require(served().equals(expected), "expected answers of exactly " + expected + ", got " + served());
  }

  /** Holds if exactly so many instances answered. */
  public LoadAssert servedByExactly(int instances) {
    return require(
        served().size() == instances, "expected answers of exactly " + instances + " instances, got " + served());
  }

  /** Holds if at least two instances answered, and each expected or seen one gave at least this share, such as 0.45. */
  public LoadAssert eachServedAtLeast(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("a share is above 0 and at most 1, this is " + share);
    }
    Map<String, Integer> counts = distribution();
    int total = counts.values().stream().mapToInt(Integer::intValue).sum();
    int least = Collections.min(counts.values());
    return require(
        least >= share * total,
        String.format(
            Locale.ROOT,
            "expected each instance to give at least %.1f %% of %d answers, but the least gave %.1f %%: %s",
            share * 100, total, least * 100.0 / total, counts));
  }

  /** The counts by instance, once it is sure that they tell of a distribution. */
  private Map<String, Integer> distribution() {
    long nameless = count(exchange -> exchange.fate() == Fate.OK && exchange.instance() == null);
    require(
        nameless == 0,
        nameless + " good answers do not name their instance: does the application set the instance header?");
    Map<String, Integer> counts = actual.byInstance();
    require(counts.size() >= 2, "a distribution needs two instances, but the answers came from " + counts);
    return counts;
  }

  private Set<String> served() {
    return actual.byInstance().entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private long count(Predicate<Exchange> concerned) {
    return actual.exchanges().stream().filter(concerned).count();
  }

  private LoadAssert requireNone(Predicate<Exchange> concerned, String expected, String detail) {
    require(actual.scheduled() > 0, expected + ", but no request was sent");
    long bad = count(concerned);
    if (bad > 0) {
      String examples = actual.exchanges().stream()
          .filter(concerned)
          .limit(EXAMPLES)
          .map(exchange -> "\n    " + exchange)
          .collect(Collectors.joining());
      require(
          false,
          expected + ", " + bad + " of " + actual.scheduled() + " did not" + detail
              + "\n  the first of them:" + examples);
    }
    return this;
  }

  private LoadAssert require(boolean good, String otherwise) {
    isNotNull();
    if (!good) {
      failWithMessage("%s%n  in %s", otherwise, actual);
    }
    return this;
  }
}
