package dev.scalable.testkit.backend;

import java.time.Duration;
import org.apiguardian.api.API;

/**
 * How an instance ended.
 *
 * @param code its exit code; 128 + n when signal n ended it, so 143 for a JVM that was terminated and 137 for one that
 *     was killed because its grace period was over
 * @param took from the signal to the end of the process
 */
@API(status = API.Status.MAINTAINED)
public record Exit(int code, Duration took) {}
