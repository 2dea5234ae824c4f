/** Limits on how often something may be asked for, counted in Redis and so by all instances together. */
@NullMarked
package dev.scalable.ratelimit;

import org.jspecify.annotations.NullMarked;
