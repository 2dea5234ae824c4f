package dev.scalable.testkit.junit;

import dev.scalable.testkit.check.Verdict;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.report.Report;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.TestAbortedException;

/** Does for a {@link ClusterTest} what it says, at the times that JUnit gives. */
final class ClusterExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback, ParameterResolver,
        TestWatcher {
  @Override
  public void beforeAll(ExtensionContext context) {
    ClassCluster.of(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    ClassCluster.of(context).begin(context);
  }

  /** After the test's own {@code @AfterEach} methods, so that a failure of these is seen too. */
  @Override
  public void afterEach(ExtensionContext context) {
    ClassCluster.started(context).ifPresent(own -> end(own, context));
  }

  private static void end(ClassCluster own, ExtensionContext context) {
    List<String> broken = own.end(context);
    Optional<Throwable> failure =
        context.getExecutionException().filter(thrown -> !(thrown instanceof TestAbortedException));
    if (failure.isPresent()) {
      failure.get().addSuppressed(NodesAtFailure.of(own.cluster(), broken, own.report().path()));
    } else if (!broken.isEmpty()) {
      AssertionError failed = new AssertionError(NodesAtFailure.told(broken) + "\nreport " + own.report().path());
      failed.addSuppressed(NodesAtFailure.of(own.cluster(), List.of(), own.report().path()));
      throw failed;
    }
  }

  /** When the classes nested in this one are done too: JUnit closes the cluster after that of the cluster's own. */
  @Override
  public void afterAll(ExtensionContext context) {
    ClassCluster.started(context).ifPresent(own -> {
      own.judgeClass(context);
      if (own.isOf(context)) {
        own.finish();
      }
    });
  }

  @Override
  public void testSuccessful(ExtensionContext context) {
    judge(context, Verdict.PASS, null);
  }

  @Override
  public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
    judge(context, Verdict.FAIL, cause);
  }

  @Override
  public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
    judge(context, Verdict.INCONCLUSIVE, cause);
  }

  private static void judge(ExtensionContext context, Verdict verdict, @Nullable Throwable cause) {
    ClassCluster.started(context).ifPresent(own -> own.judge(context, verdict, cause));
  }

  @Override
  public void testDisabled(ExtensionContext context, Optional<String> reason) {
    ClassCluster.started(context).ifPresent(own -> own.notRun(context, reason.orElse("disabled")));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Cluster.class || type == Report.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ClassCluster own = ClassCluster.of(context);
    return parameter.getParameter().getType() == Cluster.class ? own.cluster() : own.report();
  }
}
