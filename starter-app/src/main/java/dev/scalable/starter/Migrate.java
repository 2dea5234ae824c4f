package dev.scalable.starter;

import dev.scalable.auth.TokenVerifier;
import dev.scalable.config.ConfigException;
import dev.scalable.config.Settings;
import dev.scalable.db.DbSettings;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;

/**
 * Brings the database to the schema that this version of the service needs. A step of its own, before instances start; they never
 * do it themselves. Any number of these steps may run at once: one works, the others wait for it and find nothing left to do.
 */
public final class Migrate {

  /** As for an instance that is misconfigured: EX_CONFIG of sysexits.h. */
  private static final int MISCONFIGURED = 78;

  private static final int FAILED = 1;

  /** Long enough not to be guessed, and what can stand in a header. */
  private static final String TOKEN = "[A-Za-z0-9_-]{32,200}";

  private Migrate() {}

  /**
   * Applies what is missing of the library's migrations and of {@code db/migration}, in order, and returns when the schema is up to
   * date. With {@code STARTER_SAMPLE_PRODUCTS} above 0, also fills an empty database with so many products; with
   * {@code STARTER_MERCHANT_TOKEN}, also makes the account of a merchant who has this token and no other. Ends with exit code 0 when
   * all is done, 1 when a migration failed or the database could not be had, 78 for wrong settings.
   */
  @SuppressWarnings("SystemOut") // a command line speaks to the console
  public static void main(String[] args) throws InterruptedException {
    try {
      System.out.println(with(Settings.fromEnvironment()));
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      System.exit(MISCONFIGURED);
    } catch (FlywayException | SQLException e) {
      System.err.println("The database was not migrated: " + e.getMessage()
          + "\nMigrations before the one that failed stay applied; run this again when the cause is gone.");
      System.exit(FAILED);
    }
  }

  /**
   * Migrates the database of these settings.
   *
   * @return a sentence that says what was done
   * @throws FlywayException if a migration failed; those before it stay applied
   * @throws SQLException if the database could not be reached, or others had their turn for too long; nothing was done
   */
  static String with(Settings settings) throws SQLException, InterruptedException {
    return with(settings, List.of("classpath:db/migration"));
  }

  /** As {@link #with(Settings)}, from these locations instead of the one of the service. */
  static String with(Settings settings, List<String> locations) throws SQLException, InterruptedException {
    DbSettings db = DbSettings.from(settings);
    int sampleProducts = settings.number("STARTER_SAMPLE_PRODUCTS", 0, 0, 10_000_000);
    List<String> all = new ArrayList<>(locations);
    if (sampleProducts > 0) {
      all.add("classpath:db/sample");
    }
    String merchantToken = settings.secret("STARTER_MERCHANT_TOKEN", "");
    if (!merchantToken.isEmpty()) {
      if (!merchantToken.matches(TOKEN)) {
        settings.mistake("STARTER_MERCHANT_TOKEN (value not shown) must be 32 to 200 letters, digits, - and _, and random");
      }
      all.add("classpath:db/merchant");
    }
    Duration patience = settings.duration("STARTER_MIGRATE_PATIENCE", Duration.ofMinutes(10), Duration.ofSeconds(1),
        Duration.ofHours(24));
    settings.checkRead();
    try (Turn turn = Turn.take(db, patience)) {
      MigrateResult library = flyway(db).defaultSchema("scalable").locations("classpath:dev/scalable/migration").load().migrate();
      MigrateResult app = flyway(db)
          .locations(all.toArray(String[]::new))
          // The digest, since a statement that fails is repeated in the log.
          .placeholders(Map.of("sample_products", Integer.toString(sampleProducts),
              "merchant_digest", TokenVerifier.digest(merchantToken)))
          .load().migrate();
      return "The database is up to date: " + (library.migrationsExecuted + app.migrationsExecuted) + " migrations were applied after "
          + turn.waited().toMillis() + " ms of waiting for a turn";
    }
  }

  private static FluentConfiguration flyway(DbSettings db) {
    return Flyway.configure()
        .dataSource(db.url().toString(), db.user(), db.password())
        // A newer version of the service was here, or a database was once filled with samples: neither is a mistake.
        .ignoreMigrationPatterns("*:future", "repeatable:missing")
        // CREATE INDEX CONCURRENTLY would wait for ever for the lock that a transaction of Flyway's own holds.
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"));
  }
}
