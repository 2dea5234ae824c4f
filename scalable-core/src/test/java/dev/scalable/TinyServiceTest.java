package dev.scalable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.config.ConfigException;
import dev.scalable.testkit.backend.Exit;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** All packages together, as an app has them. */
class TinyServiceTest {

  @Test
  void what_was_written_is_what_is_read_and_nothing_is_lost_over_a_restart() {
    try (Client client = Client.open(TestStack.cluster().instance(1).uri())) {
      for (String text : new String[] {"first", "second"}) {
        assertThat(client.send(Call.put("/notes/1", "\"" + text + "\"")).status()).isEqualTo(204);
        for (int i = 0; i < 3; i++) {
          Answer answer = client.send(Call.get("/notes/1"));
          assertThat(answer.text()).isEqualTo("{\"id\":1,\"text\":\"" + text + "\"}");
        }
      }
      assertThat(client.send(Call.get("/notes/2")).status()).isEqualTo(404);
    }
    Exit exit = TestStack.cluster().instance(1).restart(Duration.ofSeconds(20));
    assertThat(exit.code()).isEqualTo(143);
    assertThat(exit.took()).isLessThan(Duration.ofSeconds(8));
    try (Client client = Client.open(TestStack.cluster().instance(1).uri())) {
      assertThat(client.send(Call.get("/notes/1")).text()).contains("second");
    }
    assertThat(TestStack.cluster().instance(1).log().lines()).noneMatch(line -> line.matches("[0-9:.]+ ERROR .*"));
  }

  @Test
  void every_missing_setting_of_every_package_is_told_at_once() {
    assertThatThrownBy(() -> DaggerTinyService_App.builder()
        .scalableModule(ScalableModule.with(Map.of("SCALABLE_HTTP_PORT", "x", "SCALABLE_CACHE_NAMESPASE", "y"))).build()
        .service().start())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("SCALABLE_DB_URL is not set")
        .hasMessageContaining("SCALABLE_REDIS_URL is not set")
        .hasMessageContaining("SCALABLE_HTTP_PORT=x")
        .hasMessageContaining("is SCALABLE_CACHE_NAMESPACE meant?");
  }
}
