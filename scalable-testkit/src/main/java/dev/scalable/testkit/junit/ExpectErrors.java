package dev.scalable.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test of a {@link ClusterTest} during which instances, or Nginx, may print certain errors. They need not; only a
 * line that none of the patterns is found in fails the test. For all tests of a class there is {@link
 * ClusterTest#expectErrors}.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface ExpectErrors {
  /** Regular expressions, at least one; a line is allowed if one of them is found in it. {@code ""} allows all. */
  String[] value();
}
