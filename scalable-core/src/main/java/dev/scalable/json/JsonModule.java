package dev.scalable.json;

import dagger.Module;
import dagger.Provides;
import dev.scalable.http.JsonCodec;
import jakarta.inject.Singleton;

/** Provides the JSON codec of a service. */
@Module
public interface JsonModule {

  /**
   * A strict codec: unknown and duplicate members, trailing bytes, fractions for whole numbers, null for primitives and nesting
   * deeper than 100 are refused.
   */
  @Provides
  @Singleton
  static JsonCodec jsonCodec() {
    return new JacksonCodec();
  }
}
