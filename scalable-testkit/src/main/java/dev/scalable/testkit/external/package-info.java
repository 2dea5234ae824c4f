/**
 * Clusters that run already, somewhere: nothing of them is started or ended here, and what can be known of them is what
 * their addresses tell. Implements the interface of {@code backend}.
 */
@NullMarked
package dev.scalable.testkit.external;

import org.jspecify.annotations.NullMarked;

