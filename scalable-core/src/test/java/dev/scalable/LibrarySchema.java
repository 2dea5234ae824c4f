package dev.scalable;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.idempotency.Idempotent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.Jdbi;

/** What the library keeps in the database, made by its own migrations and without Flyway. */
public final class LibrarySchema {

  private static final List<String> MIGRATIONS = List.of("V1__idempotency_key.sql", "V2__cache_outbox.sql");

  private LibrarySchema() {}

  /** Makes it anew, and empty. */
  public static void create(Jdbi jdbi) {
    jdbi.useTransaction(handle -> {
      handle.execute("drop schema if exists scalable cascade");
      for (String each : MIGRATIONS) {
        handle.createScript(text(each)).execute();
      }
    });
  }

  private static String text(String migration) {
    try (InputStream sql = Idempotent.class.getResourceAsStream("/dev/scalable/migration/" + migration)) {
      return new String(Objects.requireNonNull(sql, migration).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
