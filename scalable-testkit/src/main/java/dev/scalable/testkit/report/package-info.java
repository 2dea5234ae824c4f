/**
 * Writes down what was measured, for people to read and for programs. Calls {@code check} for its verdicts,
 * {@code load}, {@code noise} and {@code history}.
 */
@NullMarked
package dev.scalable.testkit.report;

import org.jspecify.annotations.NullMarked;

