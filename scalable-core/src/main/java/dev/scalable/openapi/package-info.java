/** A description of the service's routes as an OpenAPI document, made from the routes themselves. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.scalable.openapi;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
