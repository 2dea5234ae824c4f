package dev.scalable.benchmarks;

import com.sun.net.httpserver.HttpServer;
import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** A real PostgreSQL, with the tables of the library, and a real Redis, started for one measurement. */
public final class Stores implements AutoCloseable {

  private final Cluster cluster = Cluster.builder().backend(Backend.LOCAL)
      .app(AppSpec.mainClass(Bystander.class).readiness("/")).instances(1).maxInstances(1).start();

  public Stores() {
    Flyway.configure().dataSource(database()).locations("classpath:dev/scalable/migration").load().migrate();
  }

  /** A cluster has an app; this one asks the stores nothing. */
  static final class Bystander {

    private Bystander() {}

    public static void main(String[] args) throws IOException {
      int port = Integer.parseInt(System.getenv("SCALABLE_HTTP_PORT"));
      HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      server.createContext("/", exchange -> {
        exchange.getResponseHeaders().set("X-Instance-Id", System.getenv("SCALABLE_INSTANCE_ID"));
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
      });
      server.start();
    }
  }

  public DataSource database() {
    return cluster.postgres().dataSource();
  }

  public URI redis() {
    return cluster.redis().uri();
  }

  /**
   * The environment of an instance of ours.
   *
   * @param namespace of its keys in Redis
   */
  public Map<String, String> environment(String namespace) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SCALABLE_DB_URL", cluster.postgres().jdbcUrl());
    environment.put("SCALABLE_DB_USER", cluster.postgres().user());
    environment.put("SCALABLE_DB_PASSWORD", cluster.postgres().password());
    environment.put("SCALABLE_DB_POOL_SIZE", "2");
    // As many readers as the race has waiting at once; loaders read with connections of their own.
    environment.put("SCALABLE_CACHE_MAX_LOADS", "32");
    environment.put("SCALABLE_REDIS_URL", cluster.redis().uri().toString());
    environment.put("SCALABLE_CACHE_NAMESPACE", namespace);
    return environment;
  }

  @Override
  public void close() {
    cluster.close();
  }
}
