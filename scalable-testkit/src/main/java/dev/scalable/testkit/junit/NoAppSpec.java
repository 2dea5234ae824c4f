package dev.scalable.testkit.junit;

import dev.scalable.testkit.cluster.AppSpec;
import java.util.function.Supplier;

/** Stands for nothing in {@link ClusterTest#appSpec}. */
final class NoAppSpec implements Supplier<AppSpec> {
  private NoAppSpec() {}

  @Override
  public AppSpec get() {
    throw new IllegalStateException("nobody asks it");
  }
}
