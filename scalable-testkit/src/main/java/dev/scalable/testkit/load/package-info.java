/**
 * Sends requests and counts what became of them: one request by a {@link dev.scalable.testkit.load.Client}, many by a
 * {@link dev.scalable.testkit.load.Load}. Calls {@code history} only; it knows no cluster.
 */
@NullMarked
package dev.scalable.testkit.load;

import org.jspecify.annotations.NullMarked;

