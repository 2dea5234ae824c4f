/** What two-tier caches serve after a reader was overtaken by a writer. */
@NullMarked
package dev.scalable.benchmarks.race;

import org.jspecify.annotations.NullMarked;
