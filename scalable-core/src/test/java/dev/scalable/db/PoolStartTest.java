package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.TestStack;
import dev.scalable.config.ConfigException;
import dev.scalable.config.Settings;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the start of the pool asks of its settings and of the server. */
class PoolStartTest {

  private static DbSettings settings(String parameters, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(Map.of(
        "SCALABLE_DB_URL", TestStack.postgres().jdbcUrl() + parameters,
        "SCALABLE_DB_USER", TestStack.postgres().user(),
        "SCALABLE_DB_PASSWORD", TestStack.postgres().password(),
        "SCALABLE_DB_POOL_SIZE", "2"));
    environment.putAll(more);
    Settings settings = Settings.of(environment);
    DbSettings read = DbSettings.from(settings);
    settings.check();
    return read;
  }

  private static void startAndStop(DbSettings settings) throws Exception {
    Pool pool = new Pool(settings);
    try {
      pool.start();
    } finally {
      pool.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"socketTimeout=0", "socketTimeout=1", "connectTimeout=0", "loginTimeout=0", "tcpKeepAlive=false",
      "options=-c%20statement_timeout=0", "readOnlyMode=ignore", "service=other", "ApplicationName=x&socketTimeout=0"})
  void a_url_that_could_switch_a_limit_off_is_refused(String parameters) {
    assertThatThrownBy(() -> settings("?" + parameters, Map.of())).isInstanceOf(ConfigException.class)
        .hasMessageContaining("SCALABLE_DB_URL must not have the parameter");
  }

  @ParameterizedTest
  @ValueSource(strings = {"//app:hunter2@localhost/app", "//app:hun/ter2@localhost/app",
      "//localhost:5432?password=hunter2", "//localhost:five/app?password=hunter2",
      "//localhost:65536/app?password=hunter2", "//localhost/app/x?password=hunter2",
      "//local host/app?password=hunter2"})
  void a_url_that_the_driver_would_repeat_since_it_cannot_read_it_is_refused_without_its_value(String rest) {
    Settings settings = Settings.of(Map.of("SCALABLE_DB_URL", "jdbc:postgresql:" + rest));
    DbSettings.from(settings);
    assertThatThrownBy(settings::checkRead).hasMessageContaining("SCALABLE_DB_URL (value not shown)")
        .message().doesNotContain("ter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"app", "//localhost/app", "///app", "//localhost/",
      "//10.0.0.1:5432/app?user=a&password=b/c@d", "//a.example:1,b-c.example:65535,c/app?targetServerType=primary", "//[::1]:5432/app", "//[fe80::1]/app"})
  void a_url_of_each_form_that_the_driver_can_read_is_taken(String rest) throws SQLException {
    Settings settings = Settings.of(Map.of("SCALABLE_DB_URL", "jdbc:postgresql:" + rest));
    DbSettings read = DbSettings.from(settings);
    settings.checkRead();
    assertThat(DriverManager.getDriver(read.url().toString())).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCALABLE_DB_STATEMENT_TIMEOUT", "SCALABLE_DB_LOCK_TIMEOUT", "SCALABLE_DB_CONNECT_TIMEOUT",
      "SCALABLE_DB_ACQUIRE_TIMEOUT"})
  void no_timeout_can_be_switched_off(String name) {
    assertThatThrownBy(() -> settings("", Map.of(name, "0s"))).isInstanceOf(ConfigException.class).hasMessageContaining(name);
  }

  @Test
  void more_connections_than_the_server_has_stop_the_start_with_all_numbers() {
    assertThatThrownBy(() -> startAndStop(settings("", Map.of("SCALABLE_INSTANCES", "5000", "SCALABLE_DB_RESERVE", "7"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("SCALABLE_INSTANCES=5000 times SCALABLE_DB_POOL_SIZE=2 and SCALABLE_DB_RESERVE=7 make 10007 connections")
        .hasMessageContaining("max_connections=").hasMessageContaining("superuser_reserved_connections=");
    assertThatCode(() -> startAndStop(settings("", Map.of("SCALABLE_INSTANCES", "1")))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"targetServerType=any", "socketTimeout=0"})
  void nor_may_the_address_of_replicas_say_what_is_ours(String parameter) {
    assertThatThrownBy(() -> settings("", Map.of("SCALABLE_DB_REPLICA_URL", "jdbc:postgresql://replica/app?" + parameter)))
        .isInstanceOf(ConfigException.class).hasMessageContaining("SCALABLE_DB_REPLICA_URL must not have the parameter");
  }

  @Test
  void the_connection_that_watches_the_log_for_the_replicas_has_to_fit_as_well() {
    DbSettings settings = settings("", Map.of("SCALABLE_INSTANCES", "5000",
        "SCALABLE_DB_REPLICA_URL", "jdbc:postgresql://replica/app?password=hunter2"));
    assertThatThrownBy(() -> startAndStop(settings)).isInstanceOf(IllegalStateException.class).hasMessageContaining(
        "SCALABLE_DB_POOL_SIZE=2 and one more for SCALABLE_DB_REPLICA_URL and SCALABLE_DB_RESERVE=5 make 15005 connections");
    assertThat(settings.toString() + settings.replica()).doesNotContain("hunter2");
  }

  @Test
  void limits_hold_in_each_transaction_without_the_start_parameter() throws Exception {
    Pool pool = new Pool(settings("", Map.of("SCALABLE_DB_LIMITS", "transaction", "SCALABLE_DB_STATEMENT_TIMEOUT", "1500ms")));
    try {
      pool.start();
      String limit = new PooledDb(pool).read(tx ->
          tx.handle().createQuery("select current_setting('statement_timeout')").mapTo(String.class).one());
      assertThat(limit).isEqualTo("1500ms");
    } finally {
      pool.stop();
    }
  }
}
