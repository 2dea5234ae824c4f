/** Builds that lie elsewhere and have Scalable by its version, as its users do. */
@NullMarked
package dev.scalable.consumers;

import org.jspecify.annotations.NullMarked;
