/** The example of the page on the OpenAPI document. */
@NullMarked
package dev.scalable.docs.openapi;

import org.jspecify.annotations.NullMarked;
