package dev.scalable.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A test class that runs against a cluster: one is started before the first test of the class, given to every
 * constructor or method that has a parameter of type {@link dev.scalable.testkit.cluster.Cluster}, and closed after the
 * last one. Nested classes share it.
 *
 * <p>Before each test the instances are made those of the start again ({@link
 * dev.scalable.testkit.cluster.Cluster#restore}), so a test may kill what it likes. Data stays: a test that needs an
 * empty table makes it so.
 *
 * <p>The failure of a test carries, as a suppressed exception, the last 50 lines of every node, and the run directory
 * with all logs is kept then; its path is told there.
 *
 * <p>The class runs alone, one test after the other, since what it measures is shared by all that runs at that time.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ClusterExtension.class)
@Isolated("load and faults need the machine for themselves")
@Execution(ExecutionMode.SAME_THREAD)
public @interface ClusterTest {
  /** The app's main class. How it is told its settings is in {@link dev.scalable.testkit.cluster.AppSpec}. */
  Class<?> app();

  /** The main class of a step that is run before the instances; none if nothing is said. */
  Class<?> migrate() default void.class;

  /** How many instances to start with. */
  int instances() default 2;

  /** How many instances there can ever be at once; 0 stands for no more than to start with. */
  int maxInstances() default 0;

  /** More of the app's environment, as {@code NAME=value}. */
  String[] env() default {};

  /** More arguments of the app's main method. */
  String[] args() default {};

  /** More flags of the app's JVM. */
  String[] jvm() default {};
}
