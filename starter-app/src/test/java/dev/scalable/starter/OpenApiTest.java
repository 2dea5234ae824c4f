package dev.scalable.starter;

import dev.scalable.ScalableModule;
import dev.scalable.openapi.OpenApi;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Clients are told of each change: {@code openapi.json} changes with what the service offers. */
class OpenApiTest {

  private static OpenApi openApi() {
    Map<String, String> nothingIsConnected =
        Map.of("SCALABLE_DB_URL", "jdbc:postgresql://localhost/app", "SCALABLE_REDIS_URL", "redis://localhost");
    return DaggerStarter.builder().scalableModule(ScalableModule.with(nothingIsConnected)).build().openApi();
  }

  @Test
  void the_kept_document_is_what_the_routes_offer() throws Exception {
    openApi().requireKeptIn(Path.of("openapi.json"));
  }
}
