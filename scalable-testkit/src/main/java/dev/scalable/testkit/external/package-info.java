/**
 * Clusters that run already, somewhere: nothing of them is started or ended here, and what can be known of them is what
 * their addresses tell. Implements the interface of {@code backend}.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.scalable.testkit.external;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

