/**
 * Clusters of processes on this machine: finds or fetches nginx, PostgreSQL and Redis, and runs them and the app. Calls
 * {@code run}, which sees to it that they end, {@code nginx} for the balancer's configuration, and {@code backend},
 * whose interface it implements.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.scalable.testkit.local;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

