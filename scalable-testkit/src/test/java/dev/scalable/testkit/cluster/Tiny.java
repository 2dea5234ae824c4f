package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Backend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Clusters of the tiny app, and who answers in them. */
final class Tiny {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** Longer than anything here takes. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  private Tiny() {}

  /** A cluster of the tiny app as processes, which is told its settings as app.properties says. */
  static ClusterBuilder cluster() {
    return Cluster.builder().backend(Backend.LOCAL).app(AppSpec.mainClass(TinyApp.class)).progress(System.out::println);
  }

  /** The id of the instance that answers one request to {@code base}. */
  static String who(URI base) {
    HttpRequest request = HttpRequest.newBuilder(base.resolve("/who")).timeout(Duration.ofSeconds(20)).build();
    try {
      return CLIENT.send(request, BodyHandlers.discarding()).headers().firstValue("X-Tiny").orElse("(nobody)");
    } catch (IOException e) {
      throw new AssertionError(request + " was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
