package dev.scalable.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.TinyApp;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.TestInstance;

/** Data is emptied before each test where that is asked for; with one instance of the class for all tests, too. */
@ClusterTest(app = TinyApp.class, instances = 1, reset = true, keep = "kept")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterTestDataTest {
  private final Cluster cluster;

  ClusterTestDataTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll void make_tables() throws SQLException {
    ask("create table kept (n int); create table emptied (n int); select 1");
  }

  @RepeatedTest(2) void each_test_finds_its_tables_empty_but_the_kept_ones(RepetitionInfo repetition)
      throws SQLException {
    assertThat(ask("select count(*) from emptied")).isZero();
    assertThat(ask("select count(*) from kept")).isEqualTo(repetition.getCurrentRepetition() - 1);
    ask("insert into emptied values (1); insert into kept values (1); select 1");
  }

  private int ask(String sql) throws SQLException {
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      boolean rows = statement.execute(sql);
      while (!rows) {
        rows = statement.getMoreResults();
      }
      try (ResultSet row = statement.getResultSet()) {
        assertThat(row.next()).isTrue();
        return row.getInt(1);
      }
    }
  }
}
