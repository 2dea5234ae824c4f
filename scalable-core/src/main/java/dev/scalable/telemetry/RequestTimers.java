package dev.scalable.telemetry;

import dev.scalable.server.RequestObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Times requests by method, route and class of status. The names of routes are known at the start: no client can add to them. */
final class RequestTimers implements RequestObserver {

  /** Upper bounds of the histogram's buckets: what the limits and goals of a service are likely to be. */
  private static final Duration[] BUCKETS = {Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(5),
      Duration.ofMillis(10), Duration.ofMillis(25), Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250),
      Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(2_500), Duration.ofSeconds(8)};

  private static final int CLIENT_LEFT = 499;

  private final MeterRegistry registry;

  RequestTimers(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public OfRoute of(String method, String route) {
    // One for each class of status, made when it is first seen: most routes never answer most classes.
    AtomicReferenceArray<@Nullable Timer> timers = new AtomicReferenceArray<>(6);
    return request -> {
      int statusClass = request.status() / 100;
      Timer timer = timers.get(statusClass);
      if (timer == null) {
        // Two threads may both come here; the registry gives them the same one.
        timer = timer(method, route, statusClass);
        timers.set(statusClass, timer);
      }
      timer.record(request.nanos(), TimeUnit.NANOSECONDS);
      if (request.status() == CLIENT_LEFT) {
        aborted(method, route).increment();
      }
    };
  }

  private Counter aborted(String method, String route) {
    return Counter.builder("http.client.aborted")
        .description("Requests whose client had left before there was a response")
        .tags("method", method, "route", route)
        .register(registry);
  }

  private Timer timer(String method, String route, int statusClass) {
    return Timer.builder("http.server.requests")
        .description("Requests from their last header to the last byte of their response")
        .tags("method", method, "route", route, "status", statusClass + "xx")
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }
}
