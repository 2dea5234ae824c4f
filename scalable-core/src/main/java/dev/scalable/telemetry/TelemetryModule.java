package dev.scalable.telemetry;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.config.Settings;
import dev.scalable.http.Response;
import dev.scalable.lifecycle.Part;
import dev.scalable.server.HealthPage;
import dev.scalable.server.RequestObserver;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Provides {@link Metrics}, contributes what times and logs every request, and the page that Prometheus reads. */
@Module
public abstract class TelemetryModule {

  private TelemetryModule() {}

  @Binds
  @IntoSet
  abstract Part metrics(Metrics metrics);

  @Binds
  @IntoSet
  abstract Part accessLog(RequestLog log);

  @Binds
  @IntoSet
  abstract RequestObserver log(RequestLog log);

  @Provides
  @IntoSet
  static RequestObserver timers(Metrics metrics) {
    return new RequestTimers(metrics.registry());
  }

  @Provides
  @IntoSet
  static HealthPage scrape(Metrics metrics) {
    return new HealthPage("/metrics", () -> new Response(200, List.of(), new Response.Body.Bytes(
        "text/plain; version=0.0.4; charset=utf-8", metrics.scrape().getBytes(StandardCharsets.UTF_8))));
  }

  @Provides
  @Singleton
  static TelemetrySettings telemetrySettings(Settings settings) {
    return TelemetrySettings.from(settings);
  }
}
