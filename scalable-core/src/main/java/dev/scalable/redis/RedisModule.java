package dev.scalable.redis;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.config.Settings;
import dev.scalable.health.HealthCheck;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;

/** Provides {@link Redis}, connected with the service. */
@Module
public abstract class RedisModule {

  private RedisModule() {}

  @Binds
  abstract Redis redis(JedisLink link);

  @Binds
  @IntoSet
  abstract Part link(JedisLink link);

  /** Asks Redis for a key that nobody sets. */
  @Provides
  @IntoSet
  static HealthCheck health(Redis redis) {
    return new HealthCheck() {
      @Override
      public String name() {
        return "redis";
      }

      @Override
      public void check() {
        redis.get("scalable:health".getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  /** The settings of Redis. */
  @Provides
  @Singleton
  static RedisSettings redisSettings(Settings settings) {
    return RedisSettings.from(settings);
  }
}
