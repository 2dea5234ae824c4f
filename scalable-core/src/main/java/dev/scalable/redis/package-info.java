/**
 * The link to Redis: pool, timeouts, breaker, scripts, reading of streams, and finding the server that has a key. The
 * only importer of Jedis, so that no type of it and no detail of its protocol shows elsewhere.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.scalable.redis;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
