package dev.scalable.testkit.cluster;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** Notes in the database that it ran. */
public final class TinyMigration {
  private TinyMigration() {}

  /** With the argument "broken" it fails. */
  public static void main(String[] args) throws SQLException {
    if (args.length > 0 && args[0].equals("broken")) {
      throw new IllegalStateException("this migration is broken on purpose");
    }
    String url = System.getenv().getOrDefault("TINY_DB", "");
    try (Connection connection = DriverManager.getConnection(url, "app", "app");
        Statement statement = connection.createStatement()) {
      statement.execute("create table if not exists migration (ran_at timestamptz not null)");
      statement.execute("insert into migration values (clock_timestamp())");
    }
    System.out.println("migrated as " + System.getenv("TINY_ID"));
  }
}
