package dev.scalable;

import static java.nio.charset.StandardCharsets.UTF_8;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.idempotency.Idempotent;
import dev.scalable.lifecycle.Service;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * An app whose orders have a key, and which stops itself by SIGSTOP between the claim of a key and its commit when
 * there is a file of its instance's name in the folder that {@code PAUSE_FOLDER} names.
 */
public final class KeyedOrderService {

  private KeyedOrderService() {}

  @Module
  interface Orders {
    @Provides
    @IntoSet
    static Route order(Idempotent idempotent) {
      return idempotent.post("/orders", String.class, (tx, r, text) -> {
        String key = r.header("Idempotency-Key").orElseThrow();
        tx.handle().execute("insert into orders (key, text) values (?, ?)", key, text);
        if (Files.deleteIfExists(Path.of(System.getenv("PAUSE_FOLDER"), System.getenv("SCALABLE_INSTANCE_ID")))) {
          // Returns when somebody has sent SIGCONT.
          new ProcessBuilder("kill", "-STOP", Long.toString(ProcessHandle.current().pid())).start().waitFor();
        }
        return Response.created("/orders/" + key, Map.of("key", key));
      });
    }
  }

  @Singleton
  @Component(modules = {ScalableModule.class, Orders.class})
  interface App {
    Service service();
  }

  /** Configured by the environment. */
  public static void main(String[] args) {
    DaggerKeyedOrderService_App.create().service().run();
  }

  /** Makes the tables: the library's, as it ships them, and its own, which takes a key as often as it is written. */
  static final class Migrate {

    private Migrate() {}

    public static void main(String[] args) throws SQLException, IOException {
      try (InputStream sql = Idempotent.class.getResourceAsStream("/dev/scalable/migration/V1__idempotency_key.sql");
          Connection connection = DriverManager.getConnection(System.getenv("SCALABLE_DB_URL"),
              System.getenv("SCALABLE_DB_USER"), System.getenv("SCALABLE_DB_PASSWORD"));
          Statement statement = connection.createStatement()) {
        statement.execute(new String(sql.readAllBytes(), UTF_8));
        statement.execute(
            "create table orders (id bigint generated always as identity primary key, key text not null, text text not null)");
      }
    }
  }
}
