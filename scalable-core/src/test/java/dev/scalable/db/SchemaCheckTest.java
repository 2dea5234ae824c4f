package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.TestStack;
import dev.scalable.config.Settings;
import dev.scalable.schema.SchemaCheck;
import java.sql.SQLException;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The check of the schema on a real PostgreSQL, with a history as Flyway keeps it. */
class SchemaCheckTest {

  private final Jdbi aside = Jdbi.create(TestStack.postgres().dataSource());
  private final Pool pool = new Pool(DbSettings.from(Settings.of(Map.of("SCALABLE_DB_URL", TestStack.postgres().jdbcUrl(),
      "SCALABLE_DB_USER", TestStack.postgres().user(), "SCALABLE_DB_PASSWORD", TestStack.postgres().password(),
      "SCALABLE_DB_POOL_SIZE", "1"))));
  private final PooledDb db = new PooledDb(pool);

  @BeforeEach
  void open() throws SQLException {
    aside.useHandle(handle -> handle.execute("drop table if exists flyway_schema_history"));
    pool.start();
  }

  @AfterEach
  void close() {
    pool.stop();
    aside.useHandle(handle -> handle.execute("drop table if exists flyway_schema_history"));
  }

  private void applied(@Nullable String version, boolean success) {
    aside.useHandle(handle -> {
      handle.execute("create table if not exists flyway_schema_history (version varchar(50), success boolean not null)");
      handle.execute("insert into flyway_schema_history values (?, ?)", version, success);
    });
  }

  private SchemaCheck needs(String version) {
    return SchemaCheck.atLeast(db, version, "./migrate");
  }

  @Test
  void a_database_that_was_never_migrated_is_told_with_the_command_to_run() {
    assertThatThrownBy(needs("2")::check)
        .hasMessage("The database has no schema yet, and this instance needs version 2: run ./migrate");
    assertThat(needs("2").critical()).isTrue();
  }

  @Test
  void an_older_schema_is_told_with_both_versions_and_a_newer_one_is_fine() {
    applied("1.9", true);
    applied("1.10", true);
    applied(null, true);
    needs("1.9").check();
    needs("1.10").check();
    needs("1.10.0").check();
    assertThatThrownBy(needs("1.11")::check)
        .hasMessage("The database's schema has version 1.10, and this instance needs 1.11: run ./migrate");
    applied("20", true);
    needs("3").check();
  }

  @Test
  void a_migration_that_failed_does_not_count() {
    applied("1", true);
    applied("2", false);
    assertThatThrownBy(needs("2")::check).hasMessageContaining("has version 1, and this instance needs 2");
  }

  @Test
  void what_is_no_version_is_refused() {
    assertThatThrownBy(() -> needs("V2")).hasMessageContaining("A schema version is numbers with dots between");
  }
}
