/**
 * The server: the request path, routing, limits, deadlines and drain. The only importer of Undertow and XNIO. Serves the contract
 * of {@code http}; a part of the lifecycle.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.scalable.server;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
