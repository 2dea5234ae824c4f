package dev.scalable.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  private enum Color { RED, DARK_BLUE }

  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofHours(10);

  private static ConfigException mistakesOf(Settings settings) {
    return catchThrowableOfType(ConfigException.class, settings::check);
  }

  @Test
  void every_mistake_is_told_at_once() {
    Settings settings = Settings.of(Map.of("SCALABLE_NUMBER", "many", "SCALABLE_BIG", "70000", "SCALABLE_SPAN", "5 minutes",
        "SCALABLE_COLOR", "green", "SCALABLE_NOBODY_READS", "x", "PATH", "not ours"));
    assertThat(settings.number("SCALABLE_NUMBER", 7, 0, 9)).as("a stand-in").isEqualTo(7);
    settings.number("SCALABLE_BIG", 7, 0, 65_535);
    settings.duration("SCALABLE_SPAN", LEAST, LEAST, MOST);
    settings.choice("SCALABLE_COLOR", Color.class, Color.RED);
    settings.requiredUri("SCALABLE_ADDRESS", "redis://localhost:6379", "redis");
    ConfigException e = mistakesOf(settings);
    assertThat(e.mistakes()).hasSize(6);
    assertThat(e).hasMessageContaining("6 mistakes")
        .hasMessageContaining("SCALABLE_NUMBER=many is not a whole number from 0 to 9")
        .hasMessageContaining("SCALABLE_BIG=70000 is not a whole number from 0 to 65535")
        .hasMessageContaining("SCALABLE_SPAN=5 minutes is not a time span from 1ms to 10h")
        .hasMessageContaining("SCALABLE_COLOR=green is not one of [red, dark_blue]")
        .hasMessageContaining("SCALABLE_ADDRESS is not set: it must be a URI such as redis://localhost:6379")
        .hasMessageContaining("SCALABLE_NOBODY_READS is not a setting");
  }

  @Test
  void a_misspelt_name_is_told_with_the_one_that_was_meant() {
    Settings settings = Settings.of(Map.of("SCALABLE_HTTP_PROT", "80"));
    settings.number("SCALABLE_HTTP_PORT", 8080, 0, 65_535);
    assertThat(mistakesOf(settings).mistakes())
        .containsExactly("SCALABLE_HTTP_PROT is not a setting: is SCALABLE_HTTP_PORT meant?");
  }

  @Test
  void a_misspelt_name_of_a_required_setting_is_told_with_the_one_that_was_meant() {
    Settings settings = Settings.of(Map.of("SCALABLE_DB_URI", "jdbc:postgresql://h/d"));
    settings.requiredUri("SCALABLE_DB_URL", "jdbc:postgresql://localhost/app", "jdbc:postgresql");
    settings.text("SCALABLE_DB_USER", "postgres");
    assertThat(mistakesOf(settings).mistakes()).containsExactly(
        "SCALABLE_DB_URL is not set: it must be a URI such as jdbc:postgresql://localhost/app",
        "SCALABLE_DB_URI is not a setting: is SCALABLE_DB_URL meant?");
  }

  @Test
  void a_name_that_resembles_nothing_gets_no_guess() {
    Settings settings = Settings.of(Map.of("SCALABLE_ENTIRELY_DIFFERENT_MATTER", "80"));
    settings.number("SCALABLE_HTTP_PORT", 8080, 0, 65_535);
    assertThat(mistakesOf(settings).mistakes()).containsExactly("SCALABLE_ENTIRELY_DIFFERENT_MATTER is not a setting");
  }

  @Test
  void names_of_the_test_kit_are_nobodys_mistake() {
    Settings.of(Map.of("SCALABLE_TESTKIT_ANYTHING", "x")).check();
  }

  @ParameterizedTest
  @CsvSource({
      "redis, redis://:hunter2@host:6379/1",
      "redis, redis://user:hunter2@host:6379/1",
      "redis, redis://user:hun@hunter2@host:6379/1",
      "redis, redis://user:pa/hunter2@host:6379/1",
      "jdbc:postgresql, jdbc:postgresql://user:hunter2@host/db",
      "jdbc:postgresql, jdbc:postgresql://host/db?user=me&password=hunter2",
      "jdbc:postgresql, jdbc:postgresql://host/db?sslPassword=hunter2&user=me",
      "redis, http://:hunter2@host",
      "redis, redis://:hunter2@ho st"})
  void a_password_in_a_url_is_never_shown(String scheme, String url) {
    Settings settings = Settings.of(Map.of("SCALABLE_URL", url));
    settings.requiredUri("SCALABLE_URL", "redis://localhost", scheme);
    assertThat(settings.effective().toString()).contains("SCALABLE_URL").doesNotContain("hunter2");
    try {
      settings.check();
    } catch (ConfigException e) {
      assertThat(e).hasMessageContaining("SCALABLE_URL").hasMessageNotContaining("hunter2");
      assertThat(e.getCause()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis://user:hun@hunter2@host:6379/1", "redis://", "redis:///0", "redis:host"})
  void an_address_without_a_host_is_a_mistake(String url) {
    Settings settings = Settings.of(Map.of("SCALABLE_URL", url));
    settings.requiredUri("SCALABLE_URL", "redis://localhost", "redis");
    assertThat(mistakesOf(settings).mistakes()).containsExactly(
        "SCALABLE_URL (value not shown) is not a URI such as redis://localhost");
  }

  @Test
  void a_well_formed_address_is_read_as_it_is() {
    Settings settings = Settings.of(Map.of("A", "redis://:p%40ss@host:6379/1", "B", "jdbc:postgresql://h1:1,h2:2/db?a=b"));
    assertThat(settings.requiredUri("A", "redis://localhost", "redis", "rediss")).hasHost("host").hasPort(6379);
    assertThat(settings.requiredUri("B", "jdbc:postgresql://h/d", "jdbc:postgresql"))
        .isEqualTo(URI.create("jdbc:postgresql://h1:1,h2:2/db?a=b"));
    settings.check();
  }

  @Test
  void a_secret_is_shown_as_present_and_no_more() {
    Settings settings = Settings.of(Map.of("SCALABLE_PASSWORD", "hunter2"));
    assertThat(settings.secret("SCALABLE_PASSWORD", "")).isEqualTo("hunter2");
    assertThat(settings.secret("SCALABLE_OTHER", "")).isEmpty();
    assertThat(settings.effective()).containsEntry("SCALABLE_PASSWORD", "****").containsEntry("SCALABLE_OTHER", "");
  }

  @ParameterizedTest
  @CsvSource({"250ms, 250", "8s, 8000", "5m, 300000", "1h, 3600000", "PT2S, 2000", "pt1m, 60000", "1H, 3600000"})
  void a_time_span_has_a_unit(String text, long millis) {
    Settings settings = Settings.of(Map.of("SPAN", text));
    assertThat(settings.duration("SPAN", LEAST, LEAST, MOST)).hasMillis(millis);
    settings.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "s", "ms", "1.5s", "5d", "-3s", "0s", "11h", "99999999999999999h", "PT", "P1Q", "8 s"})
  void what_is_no_time_span_within_the_bounds_is_a_mistake(String text) {
    Settings settings = Settings.of(Map.of("SPAN", text));
    assertThat(settings.duration("SPAN", Duration.ofSeconds(3), LEAST, MOST)).hasSeconds(3);
    assertThat(mistakesOf(settings).mistakes()).singleElement().asString().startsWith("SPAN=" + text + " is not a time span");
  }

  @ParameterizedTest
  @ValueSource(strings = {"250ms", "8s", "90s", "5m", "1h", "61m", "0s"})
  void a_time_span_is_shown_as_it_may_be_written(String text) {
    assertThat(Notation.format(Notation.parse(text))).isEqualTo(text);
  }

  @Test
  void a_blank_value_is_an_absent_one() {
    Settings settings = Settings.of(Map.of("SCALABLE_HTTP_PORT", "  "));
    assertThat(settings.number("SCALABLE_HTTP_PORT", 8080, 0, 65_535)).isEqualTo(8080);
    settings.check();
  }

  @Test
  void a_process_that_reads_a_part_of_the_settings_is_not_blamed_for_the_others() {
    Settings settings = Settings.of(Map.of("SCALABLE_DB_PORT", "x", "SCALABLE_HTTP_PORT", "also never read"));
    settings.number("SCALABLE_DB_PORT", 1, 0, 9);
    assertThat(catchThrowableOfType(ConfigException.class, settings::checkRead).mistakes()).hasSize(1);
  }
}
