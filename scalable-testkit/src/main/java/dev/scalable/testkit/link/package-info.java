/**
 * A network link that can be made bad: a TCP proxy between an app and its database or Redis, in the test's own JVM.
 * Calls no other package of the testkit.
 *
 * <p>It has no place between the balancer and an app: a proxy takes a connection first and resets it later, so what was
 * "connection refused", which is safe to send again, would become "reset after the request", which is not.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.scalable.testkit.link;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

