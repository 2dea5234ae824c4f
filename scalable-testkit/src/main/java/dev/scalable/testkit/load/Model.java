package dev.scalable.testkit.load;

/** Who sends when. */
sealed interface Model permits ClosedModel, OpenModel {
  /** Whether it ends by itself. */
  boolean bounded();
}
