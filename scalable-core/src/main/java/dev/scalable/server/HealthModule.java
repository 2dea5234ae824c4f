package dev.scalable.server;

import dagger.Binds;
import dagger.Module;
import dagger.multibindings.IntoSet;
import dagger.multibindings.Multibinds;
import dev.scalable.health.HealthCheck;
import dev.scalable.lifecycle.Part;
import java.util.Set;

/** Provides the port on which an instance tells of its health, and gathers what is told there. */
@Module
abstract class HealthModule {

  private HealthModule() {}

  @Binds
  @IntoSet
  abstract Part listener(HealthListener listener);

  @Multibinds
  abstract Set<HealthCheck> checks();

  @Multibinds
  abstract Set<HealthPage> pages();
}
