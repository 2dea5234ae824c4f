/**
 * What a place where clusters can run has to offer: the interface between {@code cluster}, which knows what a cluster
 * is and in which order it starts, and the packages that know processes or containers. The words that users meet too
 * are {@link dev.scalable.testkit.backend.Backend}, {@link dev.scalable.testkit.backend.Capability}, {@link
 * dev.scalable.testkit.backend.NodeLog}, {@link dev.scalable.testkit.backend.Exit} and {@link
 * dev.scalable.testkit.backend.ClusterException}; all else is for those who write a backend. Calls no other package of
 * the testkit.
 *
 * <p>Not sealed: a provider is found by {@link java.util.ServiceLoader}, so that Testcontainers is needed only by those
 * who use it.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.scalable.testkit.backend;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

