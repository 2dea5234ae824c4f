/** A machine room in which everything happens by a seed: what is found once can be had again. */
@NullMarked
package dev.scalable.simulation;

import org.jspecify.annotations.NullMarked;
