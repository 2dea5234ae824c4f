package dev.scalable.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.scalable.config.ConfigException;
import dev.scalable.config.Settings;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSettingsTest {

  @ParameterizedTest
  @CsvSource({"8080, 9080", "8081, 9081", "64535, 65535", "64536, 63536", "0, 0"})
  void instances_on_one_machine_have_their_health_on_ports_that_do_not_meet(int port, int healthPort) {
    Settings settings = Settings.of(Map.of("SCALABLE_HTTP_PORT", String.valueOf(port)));

    assertThat(ServerSettings.from(settings).healthPort()).isEqualTo(healthPort);
  }

  @ParameterizedTest
  @ValueSource(strings = {"app 1", "app\r\nX-Forged: 1", "app\u010d\u010a", "\u00e9"})
  void an_instance_is_not_called_what_cannot_stand_in_each_answer(String name) {
    Settings settings = Settings.of(Map.of("SCALABLE_INSTANCE_ID", name));

    ServerSettings.from(settings);

    assertThatExceptionOfType(ConfigException.class).isThrownBy(settings::check)
        .withMessageContaining("SCALABLE_INSTANCE_ID");
  }
}
