/**
 * Ordered start and reverse stop of a service's parts, and the process around them: SIGTERM, drain, exit. Reads the
 * settings' verdict; knows no part by name.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.lifecycle;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
