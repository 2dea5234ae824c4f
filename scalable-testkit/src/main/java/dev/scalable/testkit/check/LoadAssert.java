package dev.scalable.testkit.check;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.load.Latency;
import dev.scalable.testkit.load.LoadResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Assertions on what a load run did to its requests. A failing one tells the numbers of the run and the first requests
 * concerned, with request id, instance, time and reason, and where the report of the run is.
 *
 * <p>Statements on times and rates have three ends. On a machine or with a load that does not allow to judge they are
 * inconclusive: the test is aborted, which is not a failure and never a pass. With
 * {@code -Dscalable.testkit.performance=enforce} they fail instead.
 */
public final class LoadAssert extends AbstractAssert<LoadAssert, LoadResult> {
  private static final int EXAMPLES = 5;
  private static final double LEAST_LIKELIHOOD = 0.001;

  private @Nullable Calibration afterwards;

  LoadAssert(LoadResult actual) {
    super(actual, LoadAssert.class);
  }

  /**
   * A time that depends on the machine: so many times what the balancer alone takes. It is compared with the median of
   * the calibration for percentiles up to 50, and with its p99 for those above.
   *
   * @param factor above 0
   */
  public record TimesBaseline(double factor) {
    /** Checks the factor. */
    public TimesBaseline {
      requirePositive("a factor", factor);
    }
  }

  /**
   * A rate that depends on the machine: a share of what the balancer alone can answer.
   *
   * @param share above 0
   */
  public record ShareOfCapacity(double share) {
    /** Checks the share. */
    public ShareOfCapacity {
      requirePositive("a share", share);
    }
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
   * Begins a statement on the rate of successful requests, of all that were sent. It is judged by what the run proves,
   * not by the share that it happened to have: the lower bound of Wilson's interval, with a confidence of 95.8 %.
   */
  public SuccessRate successRate() {
    return new SuccessRate();
  }

  /** Begins a statement on the median; see {@link #percentile}. */
  public Percentile p50() {
    return percentile(0.5);
  }

  /** Begins a statement on the time that 95 % did not exceed; see {@link #percentile}. */
  public Percentile p95() {
    return percentile(0.95);
  }

  /** Begins a statement on the time that 99 % did not exceed; see {@link #percentile}. */
  public Percentile p99() {
    return percentile(0.99);
  }

  /**
   * Begins a statement on the time that a share of the successful requests did not exceed: from when each was due, so
   * that what made it wait counts too; in a closed model without a pace, which has no such time, from when it was sent.
   *
   * @param share such as 0.999; it needs 10 / (1 - share) successful requests
   */
  public Percentile percentile(double share) {
    return new Percentile(share);
  }

  /** Begins a statement on the successful requests per second. */
  public Throughput throughput() {
    return new Throughput();
  }

  /** Begins a statement on these instances. */
  public Served served(String... instances) {
    return new Served(List.of(instances));
  }

  /**
   * Says what a calibration gave after the run, in place of {@link LoadResult#calibrationAfterwards}, which is measured
   * otherwise. If it differs from the one before by more than a factor of two, the machine was not the same all the
   * time: ratios to it are inconclusive then, and so is what is too slow.
   */
  public LoadAssert calibratedAgain(Calibration after) {
    afterwards = after;
    return this;
  }

  /**
   * Holds if there was a successful request and none was lost. Lost is what was answered badly, not answered, or left
   * in doubt; an error that the balancer made itself (by its {@code X-Error-Source} header) is lost on the way.
   *
   * <p>Not lost is what the application refused by its own will with 429 or 503: it was shed, the client knows that it
   * had no effect and may send it again. It is counted apart in the message; who wants none of it says
   * {@link #allSucceeded}. What the load generator did not send cannot be lost, but proves nothing either: if nothing
   * else was lost the assertion is inconclusive.
   *
   * @throws org.opentest4j.TestAbortedException if it is inconclusive
   */
  public LoadAssert lostNothing() {
    isNotNull();
    String counts = Losses.told(actual);
    require(actual.ok() > 0, "expected nothing to be lost, but no request succeeded: " + counts);
    requireNone(Losses::lost, "expected nothing to be lost", ": " + counts);
    if (actual.dropped() > 0) {
      judge(
          Soundness.enforced() ? Verdict.FAIL : Verdict.INCONCLUSIVE, "expected nothing to be lost",
          actual.dropped() + " requests were never sent");
    }
    return this;
  }

  /**
   * Holds if after each fault the system was soon as before. A fault is recovered from at the first moment after its
   * beginning from which on, until the next fault or the end of the load,
   * <ul>
   * <li>no request failed, and
   * <li>95 % of the requests of the next second (and of at least 20), and 95 % of all that follow, took at most twice
   *     of what 95 % took before the first fault, or at most 20 ms: less cannot be told from the noise of a machine.
   * </ul>
   * Requests count from when they were due; without a schedule, an answer counts as all the requests, too, that its
   * user would usually have sent while waiting for it. It takes 200 good requests before the first fault and 20 after
   * each; with fewer it fails, and says so. An application that sheds load (429, 503) has not recovered.
   *
   * @throws org.opentest4j.TestAbortedException if no request failed too late but answers were slow too long, and that
   *     is inconclusive
   */
  public LoadAssert recoversWithin(Duration limit) {
    isNotNull();
    String expected = "expected to recover from each fault within " + limit.toMillis() + " ms";
    Recovery recovery = new Recovery(actual, limit);
    recovery.hindrance().ifPresent(why -> require(false, expected + ", but " + why));
    List<Recovery.Late> late = recovery.late();
    List<String> failing = late.stream().filter(one -> !one.bySlowness()).map(Recovery.Late::told).toList();
    require(failing.isEmpty(), expected + Finding.examples(failing, told -> told));
    return judge(
        soundness().verdict(late.isEmpty(), false), expected,
        late.isEmpty() ? "it seems so" : late.stream().map(Recovery.Late::told).collect(Collectors.joining("\n  ")));
  }

  /**
   * Holds if every answered write took effect once, and every other at most once.
   *
   * @param database where the application leaves a trace of each effect
   * @param sql gives rows of a key and how often it is there, such as {@code select idempotency_key, count(*) from
   *     orders group by 1}; the key is the {@code Idempotency-Key} of a request, or its {@code X-Request-Id} if it
   *     carried none. Keys of other runs may be among them.
   */
  public LoadAssert noDuplicateEffects(DataSource database, String sql) {
    isNotNull();
    Effects.wrong(actual, database, sql)
        .ifPresent(wrong -> require(false, "expected one effect of each write, but " + wrong));
    return this;
  }

  /** Holds as {@link #noDuplicateEffects(DataSource, String)} by the rows of a table with the keys in a column. */
  public LoadAssert noDuplicateEffects(DataSource database, String table, String column) {
    return noDuplicateEffects(database, Effects.countBy(table, column));
  }

  /**
   * Holds if round robin dealt the requests out exactly: at least two instances answered, each answer names its
   * instance, and no two of them differ by more than one. Instances that were said to be expected count with zero.
   *
   * <p>Each place that the balancer knows of and nobody is in allows one more: Nginx tries it about once a second, and
   * the request that it tries it with goes on to an instance out of turn.
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
    int allowed = 1 + actual.freePlaces();
    return require(
        most - least <= allowed,
        "expected an even distribution, at most " + allowed + " apart"
            + (allowed == 1 ? "" : " (1, and " + actual.freePlaces() + " for free places of the balancer)")
            + ", but the counts are " + most + " - " + least + " = " + (most - least) + " apart: " + counts);
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

  private Soundness soundness() {
    isNotNull();
    return new Soundness(actual, afterwards);
  }

  private LoadAssert judge(Verdict verdict, String expected, String told) {
    if (verdict == Verdict.PASS) {
      return this;
    }
    String doubts = soundness().doubts(true);
    String message = expected + ": " + told
        + (doubts.isEmpty() ? "" : "\n  this cannot be judged: " + doubts + "; " + Soundness.remedy());
    if (verdict == Verdict.INCONCLUSIVE) {
      throw new TestAbortedException("INCONCLUSIVE: " + message + "\n  in " + actual);
    }
    return require(false, message);
  }

  private Calibration calibration() {
    isNotNull();
    return actual.calibration().orElseThrow(() -> new IllegalStateException(
        "a ratio needs a calibration, and the load '" + actual.name() + "' had none: call calibratedBy(...) on it"));
  }

  /** A figure as a person writes it, with at most six digits. */
  private static String plain(double figure) {
    return new BigDecimal(figure).round(new MathContext(6)).stripTrailingZeros().toPlainString();
  }

  private static void requirePositive(String what, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(what + " is above 0, this is " + value);
    }
  }

  /** A statement on the rate of successful requests. */
  public final class SuccessRate {
    private SuccessRate() {}

    /**
     * Holds if the run proves that the rate is at least this. One that has too few requests to prove it even without a
     * failure fails, and says how many it takes: 2,997 for 99.9 %.
     *
     * @param rate above 0 and below 1, such as 0.999
     */
    public LoadAssert isAtLeast(double rate) {
      if (!(rate > 0 && rate < 1)) {
        throw new IllegalArgumentException(
            "a rate that can be proven is above 0 and below 1, this is " + rate + "; for no failure: allSucceeded()");
      }
      isNotNull();
      int sent = actual.scheduled() - actual.dropped();
      String expected = "expected a success rate of at least " + plain(rate * 100) + " %";
      require(sent >= Wilson.needed(rate), String.format(
          Locale.ROOT, "%s, which takes %d requests to prove, all successful; only %d were sent, %d of them successful",
          expected, Wilson.needed(rate), sent, actual.ok()));
      return require(Wilson.shows(rate, actual.ok(), sent), String.format(
          Locale.ROOT, "%s, but %d of %d prove no more than %s %% (Wilson, 95.8 %%)",
          expected, actual.ok(), sent, plain(Wilson.lowerBound(actual.ok(), sent) * 100)));
    }
  }

  /** A statement on a percentile of the times. It is inconclusive where the machine or the load forbids to judge. */
  public final class Percentile {
    private final double share;

    private Percentile(double share) {
      this.share = share;
    }

    /** Holds if it is at most a time, whatever the machine. */
    public LoadAssert isAtMost(Duration ceiling) {
      return isAtMost(ceiling, false, "");
    }

    /**
     * Holds if it is at most so many times what the balancer alone takes.
     *
     * @throws IllegalStateException if the load was given no calibration
     */
    public LoadAssert isAtMost(TimesBaseline baseline) {
      Calibration calibration = calibration();
      Duration base = share <= 0.5 ? calibration.p50() : calibration.p99();
      return isAtMost(
          Duration.ofNanos((long) (base.toNanos() * baseline.factor())), true,
          " = " + plain(baseline.factor()) + " times the " + (share <= 0.5 ? "p50" : "p99") + " of the " + calibration);
    }

    private LoadAssert isAtMost(Duration ceiling, boolean ratio, String because) {
      isNotNull();
      boolean scheduled = actual.scheduledByTime();
      Latency times = scheduled ? actual.response() : actual.service();
      String expected = String.format(
          Locale.ROOT, "expected a p%s of at most %.2f ms%s", plain(share * 100), ceiling.toNanos() / 1e6, because);
      require(times.supports(share), String.format(
          Locale.ROOT, "%s, but %d successful requests are too few to tell it: send at least %.0f",
          expected, times.count(), Math.ceil(Math.round(10e9 / (1 - share)) / 1e9)));
      Duration seen = times.p(share);
      boolean good = seen.compareTo(ceiling) <= 0;
      return judge(soundness().verdict(good, ratio), expected, String.format(
          Locale.ROOT, "it is %.2f ms (%s)", seen.toNanos() / 1e6, scheduled ? "response time" : "service time"));
    }
  }

  /** A statement on the throughput. It is inconclusive where the machine or the load forbids to judge. */
  public final class Throughput {
    private Throughput() {}

    /** Holds if there were at least so many successful requests per second, whatever the machine. */
    public LoadAssert isAtLeastPerSecond(double requests) {
      requirePositive("a rate", requests);
      return isAtLeast(requests, false, "");
    }

    /**
     * Holds if it is at least a share of what the balancer alone can answer.
     *
     * @throws IllegalStateException if the load was given no calibration
     */
    public LoadAssert isAtLeast(ShareOfCapacity capacity) {
      Calibration calibration = calibration();
      return isAtLeast(
          capacity.share() * calibration.requestsPerSecond(), true,
          " = " + plain(capacity.share() * 100) + " % of the " + calibration);
    }

    private LoadAssert isAtLeast(double floor, boolean ratio, String because) {
      isNotNull();
      return judge(
          soundness().verdict(actual.throughput() >= floor, ratio),
          String.format(Locale.ROOT, "expected a throughput of at least %.1f/s%s", floor, because),
          String.format(Locale.ROOT, "it is %.1f/s", actual.throughput()));
    }
  }

  /** A statement on some of the instances. */
  public final class Served {
    private final List<String> instances;

    private Served(List<String> instances) {
      this.instances = instances;
    }

    /** Holds if each of them gave at least this share of all answers that name an instance, such as 0.45. */
    public LoadAssert eachAtLeast(double share) {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException("a share is above 0 and at most 1, this is " + share);
      }
      isNotNull();
      Map<String, Integer> counts = actual.byInstance();
      int total = counts.values().stream().mapToInt(Integer::intValue).sum();
      require(total > 0, "no answer names its instance: does the application set the instance header?");
      List<String> less = instances.stream().filter(each -> counts.getOrDefault(each, 0) < share * total).toList();
      return require(less.isEmpty(), String.format(
          Locale.ROOT, "expected each of %s to give at least %.1f %% of %d answers, but %s gave less: %s",
          instances, share * 100, total, less, counts));
    }
  }
}
