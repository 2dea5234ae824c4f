/**
 * The two-tier cache: values near in the heap and far in Redis, coherent between instances within a bound that is kept even when
 * messages are lost. The only importer of Caffeine. Takes part in transactions of {@code db} for invalidation; {@code db} does not
 * know it. The protocol is told in {@link dev.scalable.cache.LeasedCache}.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.cache;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
