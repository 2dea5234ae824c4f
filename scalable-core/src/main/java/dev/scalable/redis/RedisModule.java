package dev.scalable.redis;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.config.Settings;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Singleton;

/** Provides {@link Redis}, connected with the service. */
@Module
public abstract class RedisModule {

  private RedisModule() {}

  @Binds
  abstract Redis redis(JedisLink link);

  @Binds
  @IntoSet
  abstract Part link(JedisLink link);

  /** The settings of Redis. */
  @Provides
  @Singleton
  static RedisSettings redisSettings(Settings settings) {
    return RedisSettings.from(settings);
  }
}
