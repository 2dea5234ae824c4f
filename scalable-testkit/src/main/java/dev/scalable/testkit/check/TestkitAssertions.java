package dev.scalable.testkit.check;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.PostgresNode;
import dev.scalable.testkit.history.History;
import dev.scalable.testkit.load.LoadResult;
import javax.sql.DataSource;

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

  /** Returns the assertions on what is in the database of a cluster. */
  public static DatabaseAssert assertThat(PostgresNode actual) {
    return new DatabaseAssert(actual.dataSource());
  }

  /** Returns the assertions on what is in a database. */
  public static DatabaseAssert assertThat(DataSource actual) {
    return new DatabaseAssert(actual);
  }

  /** Returns the assertions on for how long instances showed what was no longer so. */
  public static StalenessAssert assertThat(Staleness actual) {
    return new StalenessAssert(actual);
  }

  /** Returns the assertions on a cluster as a whole. */
  public static ClusterAssert assertThat(Cluster actual) {
    return new ClusterAssert(actual);
  }

  /** Reads well in {@code p99().isAtMost(timesBaseline(15))}: 15 times what the balancer alone takes. */
  public static LoadAssert.TimesBaseline timesBaseline(double factor) {
    return new LoadAssert.TimesBaseline(factor);
  }

  /** Reads well in {@code throughput().isAtLeast(shareOfCapacity(0.25))}: of what the balancer alone can answer. */
  public static LoadAssert.ShareOfCapacity shareOfCapacity(double share) {
    return new LoadAssert.ShareOfCapacity(share);
  }
}
