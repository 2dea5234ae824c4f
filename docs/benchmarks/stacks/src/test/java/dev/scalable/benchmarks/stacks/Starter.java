package dev.scalable.benchmarks.stacks;

import dev.scalable.benchmarks.figures.Run;
import dev.scalable.starter.Main;
import dev.scalable.testkit.cluster.AppSpec;

/** The starter as it is cloned, with every setting that it has by itself: access log, metrics, ids, limits, tokens. */
final class Starter {

  private Starter() {}

  static Stack stack() {
    return new Stack(Run.OURS, "Scalable starter", AppSpec.mainClass(Main.class).jvm(Jvm.flags()));
  }
}
