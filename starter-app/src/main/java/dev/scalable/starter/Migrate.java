package dev.scalable.starter;

import dev.scalable.config.ConfigException;
import dev.scalable.config.Settings;
import dev.scalable.db.DbSettings;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Brings the database to the schema that this version of the service needs. A step of its own that runs once, before instances
 * start: N instances that migrate at their start would race.
 */
public final class Migrate {

  /** As for an instance that is misconfigured: EX_CONFIG of sysexits.h. */
  private static final int MISCONFIGURED = 78;

  private Migrate() {}

  /**
   * Applies what is missing of the library's migrations and then of {@code db/migration}, in order, and returns when both are up to
   * date. With {@code STARTER_SAMPLE_PRODUCTS} above 0, also fills an empty database with so many products.
   */
  @SuppressWarnings("SystemOut") // a command line speaks to the console
  public static void main(String[] args) {
    try {
      migrate(Settings.fromEnvironment());
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      System.exit(MISCONFIGURED);
    }
  }

  private static void migrate(Settings settings) {
    DbSettings db = DbSettings.from(settings);
    int sampleProducts = settings.number("STARTER_SAMPLE_PRODUCTS", 0, 0, 10_000_000);
    settings.checkRead();
    // Its history is in its own schema, so that its versions and those of the app do not meet.
    flyway(db)
        .locations("classpath:dev/scalable/migration")
        .schemas("scalable")
        .load()
        .migrate();
    flyway(db)
        .locations(sampleProducts == 0 ? new String[] {"classpath:db/migration"}
            : new String[] {"classpath:db/migration", "classpath:db/sample"})
        .placeholders(Map.of("sample_products", Integer.toString(sampleProducts)))
        // A database that was once filled with samples is no other schema.
        .ignoreMigrationPatterns("*:future", "repeatable:missing")
        .load()
        .migrate();
  }

  private static FluentConfiguration flyway(DbSettings db) {
    return Flyway.configure()
        .dataSource(db.url().toString(), db.user(), db.password())
        // CREATE INDEX CONCURRENTLY would wait for ever for the lock that a transaction of Flyway's own holds.
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"));
  }
}
