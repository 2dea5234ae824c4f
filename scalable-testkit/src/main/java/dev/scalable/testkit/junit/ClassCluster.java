package dev.scalable.testkit.junit;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.check.Verdict;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.report.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster of a test class, the report of it, and what is known of the test that runs. Started when it is asked for
 * the first time, which with one instance of the test class for all tests is before anything of JUnit's. Tests run one
 * after the other; loads may end in other threads.
 */
final class ClassCluster implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterTest.class);
  private static final Namespace NAMESPACE = Namespace.create(ClassCluster.class);

  /** The balancer writes its access log within that. */
  private static final Duration ACCESS_LOG_LATE = Duration.ofMillis(300);

  private final ExtensionContext owner;
  private final Wanted wanted;
  private final Cluster cluster;
  private final Report report;
  private final List<String> notRun = new ArrayList<>();
  private volatile String running = "";
  private @Nullable Invariants invariants;

  private ClassCluster(ExtensionContext owner, Wanted wanted, Cluster cluster, Report report) {
    this.owner = owner;
    this.wanted = wanted;
    this.cluster = cluster;
    this.report = report;
  }

  /**
   * That of the class that {@code context} belongs to.
   *
   * @throws IllegalStateException if the class has no {@code @ClusterTest}, or one inside another
   * @throws IllegalArgumentException if its annotations have mistakes
   */
  static ClassCluster of(ExtensionContext context) {
    ExtensionContext ofClass = classOf(context);
    ExtensionContext owner = outermost(ofClass).orElseThrow(() -> new IllegalStateException(
        ofClass.getRequiredTestClass().getName() + " has no @ClusterTest, so there is no cluster"));
    if (!same(owner, ofClass) && isAnnotated(ofClass)) {
      throw new IllegalStateException(ofClass.getRequiredTestClass().getName()
          + " has a @ClusterTest inside of that of " + owner.getRequiredTestClass().getName()
          + ", whose cluster nested classes share: remove one of them");
    }
    return started(owner).orElseGet(() -> {
      ClassCluster started = start(owner);
      owner.getStore(NAMESPACE).put(ClassCluster.class, started); // JUnit closes it when the class is done
      return started;
    });
  }

  /** The same, if it was started: after a start that failed there is nothing to end. */
  static Optional<ClassCluster> started(ExtensionContext context) {
    return Optional.ofNullable(
        classOf(context).getStore(NAMESPACE).get(ClassCluster.class, ClassCluster.class)); // or that of a class around
  }

  private static ClassCluster start(ExtensionContext owner) {
    Class<?> testClass = owner.getRequiredTestClass();
    Wanted wanted = Wanted.of(testClass, AnnotationSupport.findAnnotation(testClass, ClusterTest.class).orElseThrow());
    Cluster cluster = wanted.cluster().start();
    try {
      Report report = Report.named(testClass.getSimpleName());
      ClassCluster started = new ClassCluster(owner, wanted, cluster, report);
      cluster.reportAt(report.path());
      cluster.onResult(started::add);
      return started;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  Cluster cluster() {
    return cluster;
  }

  Report report() {
    return report;
  }

  /** Whether it belongs to the class of {@code context} itself, and not to one around it. */
  boolean isOf(ExtensionContext context) {
    return same(owner, context);
  }

  /** Makes everything ready for a test. */
  void begin(ExtensionContext test) {
    invariants = null;
    running = TestName.of(test, owner);
    cluster.restore();
    List<String> keep = wanted.keep();
    if (keep != null) {
      cluster.reset(keep.toArray(String[]::new));
    }
    invariants = Invariants.of(cluster);
  }

  /** What a test has left that must not be, a sentence or a few lines each; nothing if it never began. */
  List<String> end(ExtensionContext test) {
    Invariants before = invariants;
    List<Pattern> expected = Stream.concat(
            wanted.expectedErrors().stream(), Wanted.expectedErrors(test.getRequiredTestMethod()).stream())
        .toList();
    return before == null ? List.of() : before.broken(expected);
  }

  /** Notes how a test ended, and why, if it has not passed. */
  void judge(ExtensionContext test, Verdict verdict, @Nullable Throwable cause) {
    running = "";
    report.test(TestName.of(test, owner), verdict, cause == null ? "" : told(cause));
  }

  /** Notes that a test was not run. */
  void notRun(ExtensionContext test, String reason) {
    String line = TestName.of(test, owner) + ": " + reason;
    log.warn("{}: {}", owner.getDisplayName(), line);
    notRun.add(line);
  }

  /** Notes how its own class, or one nested in that, failed before its first test or after its last. */
  void judgeClass(ExtensionContext ofClass) {
    String inside = isOf(ofClass) ? "" : TestName.of(ofClass, owner) + ": ";
    ofClass.getExecutionException().ifPresent(cause -> report.test(inside + "(the class itself)",
        cause instanceof TestAbortedException ? Verdict.INCONCLUSIVE : Verdict.FAIL, told(cause)));
  }

  /** Writes the report, and has JUnit tell of it. */
  void finish() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("backend", cluster.backend().replaceFirst(" ", "\n")); // the name alone, and the rest below
    facts.put("instances", Integer.toString(cluster.instances().size()));
    yardstick(cluster.calibrations()).ifPresent(told -> facts.put("calibration", told));
    if (!notRun.isEmpty()) {
      facts.put("not run", notRun.size() + " of its tests\n" + String.join("\n", notRun));
    }
    report.facts(facts);
    attach();
    report.write();
    Map<String, String> numbers = new LinkedHashMap<>(report.keyNumbers());
    numbers.put("not run", Integer.toString(notRun.size()));
    numbers.put("report", report.path().toString());
    Publication.publish(owner, report.path(), numbers);
  }

  /** What the machine could do before the loads and after the last one that was judged by it, in two lines. */
  private static Optional<String> yardstick(List<Calibration> all) {
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Calibration before = all.getFirst();
    Calibration after = all.getLast();
    return Optional.of(all.size() == 1
        ? String.format(Locale.ROOT, "%.0f/s before\n%s before the first load; not measured again, as no verdict"
            + " depended on it", before.requestsPerSecond(), before)
        : String.format(Locale.ROOT, "%.0f/s before, %.0f/s after, ratio %.2f\n%s before the first load, %s after the"
            + " last load that was judged by it: %s", before.requestsPerSecond(), after.requestsPerSecond(),
            after.requestsPerSecond() / before.requestsPerSecond(), before, after,
            before.agreesWith(after) ? "the same machine, within a factor of two" : "the machine changed"));
  }

  private void attach() {
    for (NodeLog each : cluster.logs()) {
      report.attach("logs/" + each.path().getFileName(), each.path());
    }
    if (cluster.capabilities().contains(Capability.ACCESS_LOG)) {
      Await.pause(ACCESS_LOG_LATE);
      report.attach("logs/access.log", cluster.balancer().accessLog());
    }
    if (cluster.capabilities().contains(Capability.BALANCER_CONTROL)) {
      report.attach("nginx", cluster.balancer().configuration());
    }
  }

  @Override
  public void close() {
    cluster.close();
  }

  private void add(LoadResult result) {
    String test = running;
    if (test.isEmpty()) {
      report.add(result);
    } else {
      report.add(test, result);
    }
  }

  private static String told(Throwable cause) {
    return Objects.requireNonNullElse(cause.getMessage(), cause.toString());
  }

  private static boolean same(ExtensionContext one, ExtensionContext other) {
    return one.getUniqueId().equals(other.getUniqueId());
  }

  /** The class that a method is in, or the class itself: a method's own store is closed before watchers are told. */
  private static ExtensionContext classOf(ExtensionContext context) {
    ExtensionContext current = context;
    while (current.getTestMethod().isPresent()) {
      current = current.getParent().orElseThrow();
    }
    return current;
  }

  private static Optional<ExtensionContext> outermost(ExtensionContext ofClass) {
    Optional<ExtensionContext> found = isAnnotated(ofClass) ? Optional.of(ofClass) : Optional.empty();
    Optional<ExtensionContext> around = ofClass.getParent().flatMap(ClassCluster::outermost);
    return around.isPresent() ? around : found;
  }

  private static boolean isAnnotated(ExtensionContext context) {
    return context.getTestClass().filter(type -> AnnotationSupport.isAnnotated(type, ClusterTest.class)).isPresent();
  }
}
