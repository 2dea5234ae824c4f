/** What limits the orders of one product: the lock of its row, from the statement that takes it to the commit. */
@NullMarked
package dev.scalable.benchmarks.hotrow;

import org.jspecify.annotations.NullMarked;
