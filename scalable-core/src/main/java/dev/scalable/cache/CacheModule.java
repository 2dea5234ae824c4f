package dev.scalable.cache;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.config.Settings;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Singleton;
import org.apiguardian.api.API;

/** Provides {@link Caches}, coherent from the start of the service to its end. */
@API(status = API.Status.INTERNAL)
@Module
public abstract class CacheModule {

  private CacheModule() {}

  @Binds
  @IntoSet
  abstract Part invalidations(InvalidationLog invalidations);

  @Binds
  @IntoSet
  abstract Part relay(Relay relay);

  /** The settings that all caches share. */
  @Provides
  @Singleton
  static CacheSettings cacheSettings(Settings settings) {
    return CacheSettings.from(settings);
  }
}
