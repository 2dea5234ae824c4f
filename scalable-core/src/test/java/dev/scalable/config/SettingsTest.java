package dev.scalable.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

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

  @TempDir
  private Path folder;

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @ParameterizedTest
  @CsvSource({"hunter2, hunter2", "hunter2\\n, hunter2", "hunter2\\r\\n, hunter2", "hun ter2\\n\\n, hun ter2\\n", "' hunter2', ' hunter2'"})
  void a_secret_may_stand_in_a_file_whose_last_line_break_is_none_of_it(String text, String secret) throws IOException {
    Settings settings = Settings.of(Map.of("SCALABLE_PASSWORD_FILE", file("password", text.translateEscapes())));
    assertThat(settings.secret("SCALABLE_PASSWORD", "")).isEqualTo(secret.translateEscapes());
    assertThat(settings.effective()).containsEntry("SCALABLE_PASSWORD", "****");
    settings.check();
  }

  @Test
  void an_address_with_a_password_in_it_may_stand_in_a_file() throws IOException {
    Settings settings = Settings.of(Map.of("SCALABLE_URL_FILE", file("url", "redis://:hunter2@host:6379\n")));
    assertThat(settings.requiredUri("SCALABLE_URL", "redis://localhost", "redis")).hasHost("host").hasPort(6379);
    assertThat(settings.effective().toString()).doesNotContain("hunter2");
    settings.check();
  }

  @Test
  void a_file_that_holds_no_secret_is_a_mistake_that_says_which_and_why() throws IOException {
    Path denied = Path.of(file("latin", ""));
    Files.write(denied, new byte[] {'h', (byte) 0xe9});
    Settings settings = Settings.of(Map.of(
        "SCALABLE_A_FILE", folder.resolve("absent").toString(),
        "SCALABLE_B_FILE", file("empty", "\n"),
        "SCALABLE_C_FILE", denied.toString(),
        "SCALABLE_D_FILE", file("large", "hunter2".repeat(10_000)),
        "SCALABLE_E_FILE", folder.toString(),
        "SCALABLE_F_FILE", file("good", "hunter2"), "SCALABLE_F", "hunter2"));
    settings.requiredUri("SCALABLE_A", "redis://localhost", "redis");
    for (String name : List.of("SCALABLE_B", "SCALABLE_C", "SCALABLE_D", "SCALABLE_E", "SCALABLE_F")) {
      assertThat(settings.secret(name, "")).isEmpty();
    }
    ConfigException e = mistakesOf(settings);
    assertThat(e.mistakes()).hasSize(6);
    assertThat(e).hasMessageNotContaining("hunter2")
        .hasMessageContaining("SCALABLE_A_FILE=" + folder.resolve("absent") + " is not a file with a secret: there is no such file")
        .hasMessageContaining("SCALABLE_B_FILE=" + folder.resolve("empty") + " is not a file with a secret: it is empty")
        .hasMessageContaining("SCALABLE_C_FILE=" + denied + " is not a file with a secret: it is not UTF-8")
        .hasMessageContaining("it has more than 65536 bytes")
        .hasMessageContaining("SCALABLE_E_FILE=" + folder + " is not a file with a secret: it cannot be read")
        .hasMessageContaining("SCALABLE_F and SCALABLE_F_FILE are both set: keep one of them");
  }

  @Test
  void only_what_may_be_secret_is_read_from_a_file_of_its_own() throws IOException {
    Settings settings = Settings.of(Map.of("SCALABLE_HTTP_PORT_FILE", file("port", "80"), "SCALABLE_PASWORD_FILE", "x"));
    settings.number("SCALABLE_HTTP_PORT", 8080, 0, 65_535);
    settings.secret("SCALABLE_PASSWORD", "");
    assertThat(mistakesOf(settings).mistakes()).containsExactly(
        "SCALABLE_HTTP_PORT_FILE is not a setting: is SCALABLE_HTTP_PORT meant?",
        "SCALABLE_PASWORD_FILE is not a setting: is SCALABLE_PASSWORD_FILE meant?");
  }

  @Test
  void a_settings_file_gives_what_the_environment_does_not() throws IOException {
    String file = file("app.properties", """
        # by the operator
        SCALABLE_NUMBER = 7
        SCALABLE_SPAN: 5s
        SCALABLE_PASSWORD_FILE=%s
        APP_NAME=caf\u00e9
        """.formatted(file("password", "hunter2\n")));
    Settings settings = Settings.of(Map.of("SCALABLE_CONFIG_FILE", file, "SCALABLE_NUMBER", "8"));
    assertThat(settings.number("SCALABLE_NUMBER", 1, 0, 9)).isEqualTo(8);
    assertThat(settings.duration("SCALABLE_SPAN", LEAST, LEAST, MOST)).hasSeconds(5);
    assertThat(settings.secret("SCALABLE_PASSWORD", "")).isEqualTo("hunter2");
    assertThat(settings.text("APP_NAME", "")).isEqualTo("caf\u00e9");
    settings.check();
    assertThat(settings.effective()).containsEntry("SCALABLE_CONFIG_FILE", file).containsEntry("SCALABLE_SPAN", "5s");
  }

  @Test
  void the_environment_wins_over_the_settings_file_also_with_the_path_of_a_secret() throws IOException {
    Settings settings = Settings.of(Map.of(
        "SCALABLE_CONFIG_FILE", file("app.properties", "SCALABLE_PASSWORD=old"),
        "SCALABLE_PASSWORD_FILE", file("password", "new")));
    assertThat(settings.secret("SCALABLE_PASSWORD", "")).isEqualTo("new");
    settings.check();
  }

  @Test
  void mistakes_in_a_settings_file_are_told_with_the_place() throws IOException {
    String file = file("app.properties", "SCALABLE_NUMBER=many\nSCALABLE_NUMBR=1\nAPP_NAME=x\nSCALABLE_CONFIG_FILE=y\n");
    Settings settings = Settings.of(Map.of("SCALABLE_CONFIG_FILE", file));
    settings.number("SCALABLE_NUMBER", 1, 0, 9);
    assertThat(mistakesOf(settings).mistakes()).containsExactly(
        "SCALABLE_CONFIG_FILE in " + file + " is ignored: a settings file cannot name another",
        "SCALABLE_NUMBER=many in " + file + " is not a whole number from 0 to 9",
        "APP_NAME in " + file + " is not a setting",
        "SCALABLE_NUMBR in " + file + " is not a setting: is SCALABLE_NUMBER meant?");
  }

  @ParameterizedTest
  @CsvSource({"'A=1\nB=2\nA=3', more than one value for [A]", "'A=\\u12', malformed", "'', no such file"})
  void a_settings_file_that_cannot_be_read_is_a_mistake(String text, String why) throws IOException {
    String file = text.isEmpty() ? folder.resolve("absent").toString() : file("app.properties", text);
    assertThat(mistakesOf(Settings.of(Map.of("SCALABLE_CONFIG_FILE", file))).mistakes()).singleElement().asString()
        .startsWith("SCALABLE_CONFIG_FILE=" + file + " is not a file of settings: ").contains(why);
  }

  @Test
  void links_that_kubernetes_sets_for_services_of_our_name_are_ignored_with_one_line() {
    Map<String, String> environment = new HashMap<>();
    for (String service : List.of("SCALABLE", "SCALABLE_STARTER", "SCALABLE_A_SERVICE")) {
      environment.put(service + "_SERVICE_HOST", "10.0.0.11");
      environment.put(service + "_SERVICE_PORT", "8080");
      environment.put(service + "_SERVICE_PORT_HTTP_ALT", "8080");
      environment.put(service + "_PORT", "tcp://10.0.0.11:8080");
      for (String protocol : List.of("TCP", "UDP", "SCTP")) {
        environment.put(service + "_PORT_8080_" + protocol, "tcp://10.0.0.11:8080");
        environment.put(service + "_PORT_8080_" + protocol + "_PROTO", "tcp");
        environment.put(service + "_PORT_8080_" + protocol + "_PORT", "8080");
        environment.put(service + "_PORT_8080_" + protocol + "_ADDR", "10.0.0.11");
      }
    }
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Logger logger = (Logger) LoggerFactory.getLogger(Settings.class);
    Level level = logger.getLevel();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(lines);
    try {
      Settings.of(environment).check();
    } finally {
      logger.detachAppender(lines);
      logger.setAdditive(true);
      logger.setLevel(level);
    }
    assertThat(lines.list).singleElement().asString().contains("SCALABLE_A_SERVICE_PORT and 47 more", "enableServiceLinks: false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCALABLE_STARTER_SERVICE_HOST", "SCALABLE_STARTER_SERVICE_PORT", "SCALABLE_STARTER_PORT", "SCALABLE_PORT"})
  void one_name_that_looks_like_a_link_and_has_no_family_is_a_mistake(String name) {
    assertThat(mistakesOf(Settings.of(Map.of(name, "10.0.0.11"))).mistakes()).containsExactly(name + " is not a setting");
  }

  @Test
  void a_misspelt_name_beside_links_is_still_a_mistake() {
    Settings settings = Settings.of(Map.of("SCALABLE_SERVICE_HOST", "10.0.0.11", "SCALABLE_SERVICE_PORT", "80",
        "SCALABLE_PORT_8080_TPC", "x"));
    assertThat(mistakesOf(settings).mistakes()).containsExactly("SCALABLE_PORT_8080_TPC is not a setting");
  }

  @Test
  void a_link_that_has_the_name_of_a_setting_is_told_with_the_remedy() {
    Settings settings = Settings.of(Map.of("SCALABLE_HTTP_PORT", "tcp://10.0.0.11:80"));
    settings.number("SCALABLE_HTTP_PORT", 8080, 0, 65_535);
    assertThat(mistakesOf(settings).mistakes()).singleElement().asString()
        .contains("SCALABLE_HTTP_PORT=tcp://10.0.0.11:80 is not a whole number", "enableServiceLinks: false");
  }

  @Test
  void a_value_of_any_kind_is_told_with_what_is_wrong_with_it() {
    Settings settings = Settings.of(Map.of("SCALABLE_KIND", "odd"));
    assertThat(kind(settings, "SCALABLE_KIND")).isEqualTo("even");
    assertThat(kind(settings, "SCALABLE_OTHER")).isEqualTo("even");
    assertThat(mistakesOf(settings).mistakes()).containsExactly("SCALABLE_KIND=odd is not a kind: odd ones are not here");
  }

  private static String kind(Settings settings, String name) {
    return settings.parsed(name, "even", "a kind", text -> {
      if (text.equals("odd")) {
        throw new IllegalArgumentException("odd ones are not here");
      }
      return text;
    });
  }
}
