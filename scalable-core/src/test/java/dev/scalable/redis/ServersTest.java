package dev.scalable.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.config.Settings;
import dev.scalable.redis.Servers.Kind;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.HostAndPort;

class ServersTest {

  private static final String SECRET = "s3cret";

  private static Servers of(String url) {
    return Servers.of(URI.create(url));
  }

  @Test
  void one_server() {
    Servers servers = of("rediss://app:" + SECRET + "@redis.example/2");
    assertThat(servers.kind()).isEqualTo(Kind.SINGLE);
    assertThat(servers.tls()).isTrue();
    assertThat(servers.addresses()).containsExactly(new HostAndPort("redis.example", 6379));
    assertThat(servers.user()).isEqualTo("app");
    assertThat(servers.password()).isEqualTo(SECRET);
    assertThat(servers.database()).isEqualTo(2);
  }

  @Test
  void what_has_a_meaning_in_a_url_is_encoded_in_a_password() {
    Servers servers = of("redis://:a%40b%3Ac%2Fd+e:f@h");
    assertThat(servers.user()).isNull();
    assertThat(servers.password()).isEqualTo("a@b:c/d+e:f");
  }

  @Test
  void some_sentinels() {
    Servers servers = of("redis-sentinel://:" + SECRET + "@s1,s2:5000/1#orders");
    assertThat(servers.kind()).isEqualTo(Kind.SENTINEL);
    assertThat(servers.tls()).isFalse();
    assertThat(servers.addresses()).containsExactly(new HostAndPort("s1", 26379), new HostAndPort("s2", 5000));
    assertThat(servers.master()).isEqualTo("orders");
    assertThat(servers.database()).isEqualTo(1);
  }

  @Test
  void some_nodes_of_a_cluster() {
    Servers servers = of("rediss-cluster://app:" + SECRET + "@n1,n2:7001");
    assertThat(servers.kind()).isEqualTo(Kind.CLUSTER);
    assertThat(servers.tls()).isTrue();
    assertThat(servers.addresses()).containsExactly(new HostAndPort("n1", 6379), new HostAndPort("n2", 7001));
  }

  private static Map<String, String> settings(String url) {
    return new HashMap<>(Map.of("SCALABLE_REDIS_URL", url));
  }

  @ParameterizedTest
  @CsvSource({
      "redis://app@h, a user needs a password",
      "'redis://:s3cret@h1,h2', several servers are those of a cluster",
      "redis://:s3cret@h#x, only the URL of Sentinels",
      "'redis-sentinel://:s3cret@h1,h2', #mymaster",
      "redis-cluster://:s3cret@h/3, a cluster has no database but 0",
      "redis://:s3cret@h/x, the number of a database",
      "'redis://:s3cret@h1,', no host",
      "'redis-cluster://:s3cret@h1,h2/s3cret@h', the number of a database"})
  void a_mistake_in_the_url_stops_the_start_and_shows_no_secret(String url, String why) {
    Settings settings = Settings.of(settings(url));
    RedisSettings.from(settings);
    assertThatThrownBy(settings::check).hasMessageContaining("SCALABLE_REDIS_URL").hasMessageNotContaining(SECRET)
        .satisfies(e -> assertThat(e.getMessage()).containsAnyOf(why, "is not a URI such as"));
  }

  @Test
  void settings_that_would_have_no_effect_stop_the_start() {
    Map<String, String> environment = settings("redis://h");
    environment.put("SCALABLE_REDIS_CA", "/ca.pem");
    environment.put("SCALABLE_REDIS_SENTINEL_PASSWORD", SECRET);
    Settings settings = Settings.of(environment);
    RedisSettings.from(settings);
    assertThatThrownBy(settings::check).hasMessageContaining("SCALABLE_REDIS_CA=/ca.pem has no effect without TLS")
        .hasMessageContaining("SCALABLE_REDIS_SENTINEL_PASSWORD has no effect").hasMessageNotContaining(SECRET);
  }

  @Test
  void an_authority_that_is_no_file_of_certificates_stops_the_start() {
    Map<String, String> environment = settings("rediss://h");
    environment.put("SCALABLE_REDIS_CA", "/does/not/exist");
    Settings settings = Settings.of(environment);
    RedisSettings.from(settings);
    assertThatThrownBy(settings::check)
        .hasMessageContaining("SCALABLE_REDIS_CA=/does/not/exist is not a file of certificates");
  }

  @Test
  void no_secret_shows_in_what_is_printed() {
    Map<String, String> environment = settings("redis-sentinel://app:" + SECRET + "@s1,s2#m");
    environment.put("SCALABLE_REDIS_SENTINEL_PASSWORD", SECRET + "2");
    Settings settings = Settings.of(environment);
    RedisSettings read = RedisSettings.from(settings);
    assertThat(read.toString() + read.servers() + settings.effective()).doesNotContain(SECRET);
    settings.check();
  }
}
