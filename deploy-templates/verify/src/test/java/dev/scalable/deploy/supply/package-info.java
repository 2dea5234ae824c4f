/** Looks at what the published modules bring along. */
@NullMarked
package dev.scalable.deploy.supply;

import org.jspecify.annotations.NullMarked;
