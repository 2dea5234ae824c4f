/**
 * Writes down what was measured, for people to read and for programs. Calls {@code check} for its verdicts,
 * {@code load}, {@code noise} and {@code history}.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.scalable.testkit.report;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

