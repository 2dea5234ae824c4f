package dev.scalable.server;

import dev.scalable.http.Response;
import java.util.function.Supplier;

/**
 * One more thing to be read on the health port, such as {@code /metrics}. Contributed with Dagger's {@code @IntoSet}; two with the
 * same path refuse the start.
 *
 * @param path path of its address
 * @param content makes the response; runs on the one thread of that port, so it neither waits nor takes long
 */
public record HealthPage(String path, Supplier<Response> content) {}
