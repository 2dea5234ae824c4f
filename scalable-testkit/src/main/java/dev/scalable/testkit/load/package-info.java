/**
 * Sends requests and counts what became of them: one request by a {@link dev.scalable.testkit.load.Client}, many by a
 * {@link dev.scalable.testkit.load.Load}, by users who wait for their answers or by a schedule that waits for nobody.
 * Calls {@code history} and {@code noise}; it knows no cluster.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.testkit.load;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

