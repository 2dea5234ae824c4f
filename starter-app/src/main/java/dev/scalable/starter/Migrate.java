package dev.scalable.starter;

import dev.scalable.config.Settings;
import dev.scalable.db.DbSettings;
import java.util.Map;
import org.flywaydb.core.Flyway;

/**
 * Brings the database to the schema that this version of the service needs. A step of its own that runs once, before instances
 * start: N instances that migrate at their start would race.
 */
public final class Migrate {

  private Migrate() {}

  /** Applies what is missing of {@code db/migration}, in order, and returns when the schema is up to date. */
  public static void main(String[] args) {
    Settings settings = Settings.fromEnvironment();
    DbSettings db = DbSettings.from(settings);
    settings.checkRead();
    Flyway.configure()
        .dataSource(db.url().toString(), db.user(), db.password())
        // CREATE INDEX CONCURRENTLY would wait for ever for the lock that a transaction of Flyway's own holds.
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .load()
        .migrate();
  }
}
