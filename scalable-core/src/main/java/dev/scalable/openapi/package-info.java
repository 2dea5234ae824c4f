/** A description of the service's routes as an OpenAPI document, made from the routes themselves. */
@NullMarked
package dev.scalable.openapi;

import org.jspecify.annotations.NullMarked;
