/**
 * What else kept the machine busy during a measurement, so that a result can say whether it means anything. Calls no
 * other package of the testkit.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.scalable.testkit.noise;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

