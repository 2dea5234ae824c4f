/**
 * One run of a cluster on this machine: its folder, its ports, its processes, and the certainty that they end. Also the
 * few things of the operating system that this needs. Users of the testkit import nothing of it; it is what backends
 * are built on.
 *
 * <p>{@link dev.scalable.testkit.run.Run} is the way in: processes are started by {@code NodeLauncher}, note themselves
 * in the {@code ProcessList} of a {@code RunDirectory}, and are ended by the {@code Reaper}, in the JVM's life and after
 * it.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.scalable.testkit.run;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

