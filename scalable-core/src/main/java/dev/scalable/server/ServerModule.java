package dev.scalable.server;

import dagger.Binds;
import dagger.BindsOptionalOf;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dagger.multibindings.Multibinds;
import dev.scalable.config.Settings;
import dev.scalable.health.Readiness;
import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Filters;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Singleton;
import java.util.Set;
import org.apiguardian.api.API;

/** Provides the server, and gathers what the modules of an app contribute to it: routes, filters and error mappers. */
@API(status = API.Status.INTERNAL)
@Module(includes = HealthModule.class)
public interface ServerModule {

  /** The routes of the app, contributed with {@code @IntoSet} or {@code @ElementsIntoSet}. */
  @Multibinds
  Set<Route> routes();

  /** What turns the app's exceptions into problems, contributed with {@code @IntoSet}. */
  @Multibinds
  Set<ErrorMapper<?>> errorMappers();

  /** What is told of every request that has ended, contributed with {@code @IntoSet}. */
  @Multibinds
  Set<RequestObserver> requestObservers();

  /** The filters of all routes, where the app provides any. */
  @BindsOptionalOf
  Filters filters();

  /** The server starts and stops with the service. */
  @Binds
  @IntoSet
  Part server(HttpServer server);

  /** The settings of the server. */
  @Provides
  @Singleton
  static ServerSettings serverSettings(Settings settings) {
    return ServerSettings.from(settings);
  }

  /** This instance's readiness, which the service changes and anyone may read. */
  @Provides
  @Singleton
  static Readiness readiness() {
    return new Readiness();
  }
}
