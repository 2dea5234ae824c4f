/**
 * What a cluster is to a test: N instances of an app behind a real Nginx, with real PostgreSQL and Redis. Says in which
 * order they start and what can be done to them; how, is the business of the backend that was chosen, as this package
 * knows neither processes nor containers. Hands out the description of a load on itself; knows no verdicts.
 *
 * <p>{@link dev.scalable.testkit.cluster.Cluster} is the way in.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.testkit.cluster;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

