/** What a hit costs. */
@NullMarked
package dev.scalable.benchmarks.hits;

import org.jspecify.annotations.NullMarked;
