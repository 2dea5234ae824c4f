/**
 * What operators see: metrics for Prometheus, the access log, slow requests. It looks at the other packages through what they say of
 * themselves; none of them knows it. The only importer of Micrometer.
 */
@NullMarked
package dev.scalable.telemetry;

import org.jspecify.annotations.NullMarked;
