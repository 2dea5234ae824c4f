/** Scalable beside what else there is, as commands that print figures. None is part of a build that tests. */
@NullMarked
package dev.scalable.benchmarks;

import org.jspecify.annotations.NullMarked;
