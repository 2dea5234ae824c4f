/**
 * The link to Redis: pool, timeouts, scripts, reading of streams. The only importer of Jedis, so that no type of it and no detail
 * of its protocol shows elsewhere.
 */
@NullMarked
package dev.scalable.redis;

import org.jspecify.annotations.NullMarked;
