package dev.scalable.testkit.junit;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.cluster.AppSpec;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.function.Supplier;
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
 * dev.scalable.testkit.cluster.Cluster#restore}), so a test may kill what it likes. Data stays, unless {@link #reset}
 * says otherwise.
 *
 * <p>After each test three things must hold, or it fails, whatever it asserted:
 * <ul>
 *   <li>No instance has ended that the test did not kill or terminate. A test that ends one in another way writes it
 *       down: {@code cluster.timeline().record(instance.id(), "killed")}.
 *   <li>No instance is left paused, and what does not run has left no process and listens on no port.
 *   <li>No instance has printed an error since the test began: a line with {@code ERROR}, {@code SEVERE}, {@code
 *       Exception in thread} or {@code OutOfMemoryError}; and Nginx none of the levels {@code crit}, {@code alert} and
 *       {@code emerg}. {@link #expectErrors} and {@link ExpectErrors} allow lines. What a test does to the cluster
 *       makes errors of instances legitimate, so they are not judged if its {@linkplain
 *       dev.scalable.testkit.cluster.Cluster#timeline timeline} has an event since the test began; only an {@code
 *       OutOfMemoryError} is, since nothing that can be done from outside is a reason for it. Nginx is not judged if
 *       something was done to Nginx. What PostgreSQL and Redis print is never judged.
 * </ul>
 *
 * <p>The failure of a test carries, as a suppressed exception, the last 50 lines of every node, and the run directory
 * with all logs is kept then; its path is told there.
 *
 * <p>The class gets a {@link dev.scalable.testkit.report.Report}, which tests may have as a parameter: with the verdict
 * of every test, every load on the cluster, the logs and the configuration of Nginx. It is written after the last test,
 * and published to JUnit as {@code report.html} and {@code report.json} with its key numbers. The text of every load
 * result, and so of every failed assertion on one, names its path.
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
  /** The app's main class. How it is told its settings is in {@link AppSpec}. */
  Class<?> app() default void.class;

  /**
   * Where the app comes from if it is not a class: a supplier that is made by its constructor without parameters.
   * {@link #migrate}, {@link #env}, {@link #args} and {@link #jvm} are added to what it gives. Either this or {@link
   * #app}.
   */
  Class<? extends Supplier<AppSpec>> appSpec() default NoAppSpec.class;

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

  /** Where the cluster runs. */
  Backend backend() default Backend.AUTO;

  /** Whether faults can be injected between the instances and each of PostgreSQL and Redis. */
  boolean links() default false;

  /**
   * Whether it is measured, for about a second before the first load of the class, what load generator and balancer can
   * do on this machine, so that performance can be judged by it.
   */
  boolean calibrated() default true;

  /** Whether tables and Redis are emptied before each test, see {@link dev.scalable.testkit.cluster.Cluster#reset}. */
  boolean reset() default false;

  /** Names of the tables that {@link #reset} leaves as they are. */
  String[] keep() default {};

  /**
   * Errors that instances and Nginx may print during any test of the class, as regular expressions that are looked for
   * in each line.
   */
  String[] expectErrors() default {};
}
