/**
 * What operators see: metrics for Prometheus, the access log, slow requests. It looks at the other packages through what they say of
 * themselves; none of them knows it. The only importer of Micrometer.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.scalable.telemetry;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
