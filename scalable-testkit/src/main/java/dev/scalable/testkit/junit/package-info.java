/**
 * JUnit 5 support: a cluster per test class, given to tests as a parameter. Calls {@code cluster}; nobody calls this.
 */
@NullMarked
package dev.scalable.testkit.junit;

import org.jspecify.annotations.NullMarked;

