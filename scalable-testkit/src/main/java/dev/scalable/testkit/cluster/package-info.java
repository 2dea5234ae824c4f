/**
 * Starts and holds a cluster: N instances of an app behind a real Nginx, with real PostgreSQL and Redis, as processes
 * of this machine. Calls {@code load} to hand out the description of a load on itself, and renders the shipped
 * templates; knows neither histories nor verdicts.
 *
 * <p>{@link dev.scalable.testkit.cluster.Cluster} is the way in. What a user does not need is hidden: nodes are started
 * by {@code NodeLauncher}, ended by {@code Reaper}, and live in a {@code RunDirectory}.
 */
@NullMarked
package dev.scalable.testkit.cluster;

import org.jspecify.annotations.NullMarked;
