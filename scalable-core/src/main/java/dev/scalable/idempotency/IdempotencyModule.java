package dev.scalable.idempotency;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.health.HealthCheck;
import dev.scalable.lifecycle.Part;
import java.time.Duration;
import org.apiguardian.api.API;

/**
 * Has an app that makes routes by {@link Idempotent} wait for the table of keys before it becomes ready, and clears the table of
 * what has expired.
 */
@API(status = API.Status.INTERNAL)
@Module
public abstract class IdempotencyModule {

  private IdempotencyModule() {}

  @Binds
  @IntoSet
  abstract Part table(KeyTable table);

  /** Keeps an instance that could answer no request with a key from becoming ready. */
  @Provides
  @IntoSet
  static HealthCheck tableIsThere(KeyTable table) {
    return new HealthCheck() {
      @Override
      public String name() {
        return "idempotency keys";
      }

      @Override
      public boolean critical() {
        return true;
      }

      @Override
      public Duration timeout() {
        // A connection may have to be made for it.
        return Duration.ofSeconds(3);
      }

      @Override
      public void check() {
        table.check();
      }
    };
  }
}
