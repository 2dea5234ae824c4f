/**
 * What else kept the machine busy during a measurement, so that a result can say whether it means anything. Calls no
 * other package of the testkit.
 */
@NullMarked
package dev.scalable.testkit.noise;

import org.jspecify.annotations.NullMarked;

