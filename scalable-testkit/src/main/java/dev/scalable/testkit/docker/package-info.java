/**
 * Clusters of containers, by Testcontainers, which only this package imports: whoever has it on the class path can use
 * this backend. Testcontainers finds the engine, fetches images and cleans up after a dead JVM where its own helper may
 * run; what it has no words for (addresses that stay, kill, pause, start again) is said to the engine itself.
 *
 * <p>Calls {@code run} for the folder and the ports of a run, {@code nginx} for the balancer's configuration, and
 * {@code backend}, whose interface it implements.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.scalable.testkit.docker;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
