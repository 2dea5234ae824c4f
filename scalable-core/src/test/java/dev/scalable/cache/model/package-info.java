/**
 * The protocol of the cache as a small model, and a search through everything that it can do. The model is read side by side with
 * {@code LeasedCache} and {@code InvalidationLog}: what is one atomic step here is one script, one operation on a concurrent map or
 * one write of a volatile field there.
 */
@NullMarked
package dev.scalable.cache.model;

import org.jspecify.annotations.NullMarked;
