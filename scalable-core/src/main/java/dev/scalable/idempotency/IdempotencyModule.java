package dev.scalable.idempotency;

import dagger.Binds;
import dagger.Module;
import dagger.multibindings.IntoSet;
import dev.scalable.lifecycle.Part;

/**
 * Has the table of keys checked at start, and cleared of what has expired, in an app that makes routes by
 * {@link Idempotent}.
 */
@Module
public abstract class IdempotencyModule {

  private IdempotencyModule() {}

  @Binds
  @IntoSet
  abstract Part table(KeyTable table);
}
