package dev.scalable;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.cache.CacheLoadTimeout;
import dev.scalable.cache.CacheModule;
import dev.scalable.check.StatelessCheck;
import dev.scalable.config.Settings;
import dev.scalable.db.DbModule;
import dev.scalable.health.HealthChecks;
import dev.scalable.health.Readiness;
import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Problem;
import dev.scalable.http.Route;
import dev.scalable.idempotency.IdempotencyModule;
import dev.scalable.json.JsonModule;
import dev.scalable.lifecycle.Part;
import dev.scalable.lifecycle.Service;
import dev.scalable.redis.RedisModule;
import dev.scalable.server.HttpServer;
import dev.scalable.server.ServerModule;
import dev.scalable.telemetry.TelemetryModule;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The one Dagger module that an app installs: server, database, Redis and cache, configured by the environment.
 *
 * <pre>{@code
 * @Singleton
 * @Component(modules = {ScalableModule.class, ShopModule.class})
 * interface Shop {
 *   Service service();
 * }
 * }</pre>
 */
@Module(includes = {ServerModule.class, DbModule.class, RedisModule.class, CacheModule.class, JsonModule.class,
    TelemetryModule.class, IdempotencyModule.class})
public final class ScalableModule {

  private final Settings settings;

  /** Settings from the environment of this process. */
  public ScalableModule() {
    this(Settings.fromEnvironment());
  }

  private ScalableModule(Settings settings) {
    this.settings = settings;
  }

  /**
   * Settings from a map, for a test that starts the service in its own process.
   *
   * @param environment names and values as an environment has them
   */
  public static ScalableModule with(Map<String, String> environment) {
    return new ScalableModule(Settings.of(environment));
  }

  @Provides
  @Singleton
  Settings settings() {
    return settings;
  }

  @Provides
  @Singleton
  static Service service(Settings settings, Set<Part> parts, HealthChecks checks, Readiness readiness, HttpServer server) {
    return Service.of(settings, StatelessCheck.ofCaller(handlers(server)), checks, parts, readiness);
  }

  /**
   * Where the check at start begins: a route leads to its handler and all else that answers for it. Asked of the server, since
   * Dagger would make routes anew for whoever else has them injected.
   */
  private static List<StatelessCheck.Root> handlers(HttpServer server) {
    List<StatelessCheck.Root> roots = new ArrayList<>();
    for (Route route : server.routes()) {
      roots.add(new StatelessCheck.Root("Route " + route.method() + " " + route.template(), route));
    }
    roots.sort(Comparator.comparing(StatelessCheck.Root::name));
    server.filters().forEach(filter -> roots.add(new StatelessCheck.Root("Filter of all routes", filter)));
    server.errorMappers().forEach(mapper -> roots.add(new StatelessCheck.Root("ErrorMapper", mapper)));
    return roots;
  }

  /** What a client is told when a cached value cannot be had in time. */
  @Provides
  @IntoSet
  static ErrorMapper<?> unavailable() {
    return ErrorMapper.of(CacheLoadTimeout.class, e -> Problem.unavailable("The value could not be loaded in time"));
  }
}
