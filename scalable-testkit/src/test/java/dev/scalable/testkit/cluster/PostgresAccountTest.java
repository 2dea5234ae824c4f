package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class PostgresAccountTest {
  @Test void root_can_use_another_account_where_user_namespaces_are_blocked() throws SQLException {
    PostgresAccount nobody = new PostgresAccount.Other("nobody");
    assumeTrue(CurrentUser.isRoot(), "only root can change to another account");
    assumeTrue(nobody.works(), "needs setpriv of util-linux");
    try (Ports ports = new Ports();
        RunDirectory run = RunDirectory.create(false);
        Reaper reaper = Reaper.watch(run, Reaper.PostgresStop.FAST)) {
      PostgresNode node = PostgresServer.start(new NodeLauncher(run), ports, null, nobody);
      try (Connection connection = node.dataSource().getConnection()) {
        assertThat(connection.isValid(5)).isTrue();
      }
      assertThat(Recorded.withDescendants(Recorded.of(run.path())))
          .isNotEmpty().allSatisfy(process -> assertThat(process.info().user()).hasValue("nobody"));
    }
  }
}
