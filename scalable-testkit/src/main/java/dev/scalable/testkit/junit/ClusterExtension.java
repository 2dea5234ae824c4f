package dev.scalable.testkit.junit;

import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/** Starts, hands out and closes the cluster of a {@link ClusterTest}; tells of its nodes when a test fails. */
final class ClusterExtension implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(ClusterExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    Store store = context.getStore(NAMESPACE);
    if (store.get(Cluster.class) == null) { // a nested class finds that of the class around it
      ClusterTest wanted = AnnotationSupport.findAnnotation(context.getRequiredTestClass(), ClusterTest.class)
          .orElseThrow(() -> new IllegalStateException(context.getRequiredTestClass() + " has no @ClusterTest"));
      store.put(Cluster.class, start(wanted)); // JUnit closes what is AutoCloseable when the class is done
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    cluster(context).restore();
  }

  /** After the test's own {@code @AfterEach} methods, so that a failure of these is seen too. */
  @Override
  public void afterEach(ExtensionContext context) {
    context.getExecutionException()
        .filter(failure -> !(failure instanceof TestAbortedException))
        .ifPresent(failure -> failure.addSuppressed(NodesAtFailure.of(cluster(context))));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Cluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return cluster(context);
  }

  private static Cluster cluster(ExtensionContext context) {
    Cluster cluster = context.getStore(NAMESPACE).get(Cluster.class, Cluster.class);
    if (cluster == null) {
      throw new IllegalStateException("the cluster of " + context.getDisplayName() + " is not started yet");
    }
    return cluster;
  }

  private static Cluster start(ClusterTest wanted) {
    AppSpec app = AppSpec.mainClass(wanted.app()).args(wanted.args()).jvm(wanted.jvm());
    for (String assignment : wanted.env()) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("@ClusterTest(env) needs NAME=value, not \"" + assignment + "\"");
      }
      app = app.env(assignment.substring(0, equals), assignment.substring(equals + 1));
    }
    if (wanted.migrate() != void.class) {
      app = app.migrate(wanted.migrate().getName());
    }
    return Cluster.builder().app(app).instances(wanted.instances()).maxInstances(wanted.maxInstances()).start();
  }
}
