/**
 * What instances of a cache read and wrote, each by itself, put together into one history; and what that history says
 * about the promises of {@code docs/explanation/consistency.md}. Knows nothing of how the cache keeps them.
 */
@NullMarked
package dev.scalable.cache.history;

import org.jspecify.annotations.NullMarked;
