/** Limits on how often something may be asked for, counted in Redis and so by all instances together. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.scalable.ratelimit;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
