package dev.scalable.telemetry;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.config.Settings;
import dev.scalable.lifecycle.Part;
import dev.scalable.server.RequestObserver;
import jakarta.inject.Singleton;

/** Provides {@link Metrics}, and contributes what times and logs every request. */
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
  @Singleton
  static TelemetrySettings telemetrySettings(Settings settings) {
    return TelemetrySettings.from(settings);
  }
}
