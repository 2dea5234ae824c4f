/** Holds what the published modules show to their users: signatures, how stable they are, and their javadoc. */
@NullMarked
package dev.scalable.docs.api;

import org.jspecify.annotations.NullMarked;
