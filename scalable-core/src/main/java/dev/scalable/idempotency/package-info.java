/**
 * Writes that may be repeated: with an {@code Idempotency-Key}, one request has its effect once, however often and to
 * whichever instance it is sent. Built on transactions, which alone make the effect and the memory of it one.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.idempotency;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
