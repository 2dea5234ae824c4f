/**
 * Says whether what happened in an experiment is what was promised: assertions in the manner of AssertJ. Calls
 * {@code cluster}, {@code load}, {@code noise} and {@code history}.
 */
@NullMarked
package dev.scalable.testkit.check;

import org.jspecify.annotations.NullMarked;

