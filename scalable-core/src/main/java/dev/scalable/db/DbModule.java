package dev.scalable.db;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dagger.multibindings.IntoSet;
import dev.scalable.config.Settings;
import dev.scalable.health.HealthCheck;
import dev.scalable.http.ErrorMapper;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import org.apiguardian.api.API;

/** Provides {@link Db} on pools that open and close with the service. */
@API(status = API.Status.INTERNAL)
@Module
public abstract class DbModule {

  private DbModule() {}

  @Binds
  abstract Db db(PooledDb db);

  @Binds
  @IntoSet
  abstract Part pool(Pool pool);

  @Binds
  @IntoSet
  abstract Part replicas(Replicas replicas);

  /** Asks the primary something, as a handler would: through the gate, the pool and a transaction. */
  @Provides
  @IntoSet
  static HealthCheck health(Db db) {
    return new HealthCheck() {
      @Override
      public String name() {
        return "postgresql";
      }

      @Override
      public Duration timeout() {
        // A connection may have to be made for it.
        return Duration.ofSeconds(3);
      }

      @Override
      public void check() {
        db.readPrimary(tx -> tx.handle().execute("select 1"));
      }
    };
  }

  /** What a client is told when the database refuses, or cannot be had in time. */
  @Provides
  @ElementsIntoSet
  static Set<ErrorMapper<?>> problems() {
    return DbProblems.mappers();
  }

  /** The settings of the database. */
  @Provides
  @Singleton
  static DbSettings dbSettings(Settings settings) {
    return DbSettings.from(settings);
  }
}
