package dev.scalable.testkit.check;

import dev.scalable.testkit.history.History;
import dev.scalable.testkit.load.LoadResult;

/** The entry to all assertions of the testkit, for a static import beside that of AssertJ's own. */
public final class TestkitAssertions {
  private TestkitAssertions() {}

  /** Returns the assertions on a load run. */
  public static LoadAssert assertThat(LoadResult actual) {
    return new LoadAssert(actual);
  }

  /** Returns the assertions on what concurrent processes saw of data. */
  public static HistoryAssert assertThat(History actual) {
    return new HistoryAssert(actual);
  }
}
