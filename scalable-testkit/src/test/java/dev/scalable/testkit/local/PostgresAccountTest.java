package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.testkit.run.CurrentUser;
import dev.scalable.testkit.run.Recorded;
import dev.scalable.testkit.run.Run;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PostgresAccountTest {
  @Test void root_can_use_another_account_where_user_namespaces_are_blocked() throws SQLException {
    PostgresAccount nobody = new PostgresAccount.Other("nobody");
    assumeTrue(CurrentUser.isRoot(), "only root can change to another account");
    assumeTrue(nobody.works(), "needs setpriv of util-linux");
    try (Run run = Run.begin(false, true)) {
      PostgresServer server = PostgresServer.start(run, null, nobody);
      String url = "jdbc:postgresql://127.0.0.1:" + server.address().getPort() + "/" + server.database();
      try (Connection connection = DriverManager.getConnection(url, server.user(), server.password())) {
        assertThat(connection.isValid(5)).isTrue();
      }
      Map<ProcessHandle, Optional<String>> users = new HashMap<>();
      Recorded.withDescendants(Recorded.of(run.directory())).forEach(each -> users.put(each, each.info().user()));
      // Only those that still live are known to have lived when they were asked; PostgreSQL ends one per connection.
      assertThat(Recorded.living(List.copyOf(users.keySet())))
          .isNotEmpty().allSatisfy(process -> assertThat(users.get(process)).hasValue("nobody"));
    }
  }
}
