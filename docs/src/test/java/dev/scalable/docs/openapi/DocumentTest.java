package dev.scalable.docs.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.ScalableModule;
import dev.scalable.openapi.OpenApi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentTest {
  private static OpenApi openApi() {
    Map<String, String> nothingIsConnected =
        Map.of("SCALABLE_DB_URL", "jdbc:postgresql://localhost/app", "SCALABLE_REDIS_URL", "redis://localhost");
    return DaggerTreesModule_App.builder().scalableModule(ScalableModule.with(nothingIsConnected)).build().openApi();
  }

  @Test void the_kept_document_is_what_the_routes_offer(@TempDir Path folder) throws Exception {
    Path kept = Files.writeString(folder.resolve("openapi.json"), openApi().json());
    openApi().requireKeptIn(kept);
    assertThat(kept).content().contains("/trees/{id}", "/openapi.json", "One tree");
  }
}
