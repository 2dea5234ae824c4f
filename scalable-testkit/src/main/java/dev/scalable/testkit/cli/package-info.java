/**
 * The testkit without a test: a cluster for hands-on work, and the loads of the origin report against any server. What
 * {@code bin/testkit} runs. Calls {@code cluster}, {@code load} and {@code report}; nobody calls this.
 */
@NullMarked
package dev.scalable.testkit.cli;

import org.jspecify.annotations.NullMarked;
