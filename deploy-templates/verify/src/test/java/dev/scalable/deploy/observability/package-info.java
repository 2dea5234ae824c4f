/** Holds rules and dashboard against what a real instance tells of itself. */
@NullMarked
package dev.scalable.deploy.observability;

import org.jspecify.annotations.NullMarked;
