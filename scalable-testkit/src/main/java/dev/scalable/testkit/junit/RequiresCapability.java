package dev.scalable.testkit.junit;

import dev.scalable.testkit.backend.Capability;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test, or all tests of a class, of a {@link ClusterTest} that can only be run on a cluster of which these things can
 * be done or known. On another cluster each such test is counted as skipped, with a reason that names what is missing,
 * the backend, and why it is that one; the report of the class names it too.
 *
 * <p>What a cluster can do is known when it runs, so it is started even if none of its tests can be run then.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(CapabilityCondition.class)
public @interface RequiresCapability {
  /** What is needed, at least one. A test needs what its method names and what its class, and those around it, name. */
  Capability[] value();
}
