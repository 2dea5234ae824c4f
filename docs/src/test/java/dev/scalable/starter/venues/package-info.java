/** The feature that the tutorial adds to the starter, as it stands there. */
@NullMarked
package dev.scalable.starter.venues;

import org.jspecify.annotations.NullMarked;
