/** Measurements that look where only this package can: at the moment in which an invalidation has been applied. */
@NullMarked
package dev.scalable.cache;

import org.jspecify.annotations.NullMarked;
