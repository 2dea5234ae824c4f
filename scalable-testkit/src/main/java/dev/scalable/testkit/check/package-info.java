/**
 * Says whether what happened in an experiment is what was promised: assertions in the manner of AssertJ. Calls
 * {@code cluster}, {@code load}, {@code noise} and {@code history}.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.testkit.check;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

