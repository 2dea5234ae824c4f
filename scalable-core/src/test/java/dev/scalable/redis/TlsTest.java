package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * TLS to a real Redis that has a certificate for {@code localhost} and no other name, a password, and no port without
 * TLS.
 */
class TlsTest {

  private static final byte[] KEY = "key".getBytes(UTF_8);
  private static final String PASSWORD = "p@ss:/word+1";
  private static final String ENCODED = "p%40ss:%2Fword+1";

  @TempDir
  private static Path folder;

  private static int port;
  private static OwnRedis server;

  @BeforeAll
  static void start_a_server_with_a_certificate() throws Exception {
    keytool("-genkeypair -alias ca -keyalg EC -groupname secp256r1 -dname CN=ca -ext bc:c -keystore ca.p12");
    keytool("-genkeypair -alias ca -keyalg EC -groupname secp256r1 -dname CN=other -ext bc:c -keystore other.p12");
    keytool("-exportcert -rfc -alias ca -keystore ca.p12 -file ca.pem");
    keytool("-exportcert -rfc -alias ca -keystore other.p12 -file other.pem");
    keytool("-genkeypair -alias redis -keyalg EC -groupname secp256r1 -dname CN=redis -keystore redis.p12");
    keytool("-certreq -alias redis -keystore redis.p12 -file redis.csr");
    keytool("-gencert -rfc -alias ca -keystore ca.p12 -infile redis.csr -outfile redis.crt -ext san=dns:localhost");
    Files.writeString(folder.resolve("redis.key"), privateKey());
    port = OwnRedis.freePort();
    server = OwnRedis.launch(folder, port, "--port", "0", "--tls-port", Integer.toString(port),
        "--tls-auth-clients", "no", "--tls-cert-file", folder.resolve("redis.crt").toString(),
        "--tls-key-file", folder.resolve("redis.key").toString(),
        "--tls-ca-cert-file", folder.resolve("ca.pem").toString(), "--requirepass", PASSWORD);
    JedisLink link = link("rediss", "localhost", ENCODED, "ca.pem");
    link.start();
    await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> link.get(KEY) == null);
    link.stop();
  }

  @AfterAll
  static void stop_it() throws IOException {
    server.close();
  }

  private static void keytool(String arguments) throws Exception {
    Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(Arrays.asList(arguments.split(" ")));
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-storepass", "changeit", "-noprompt"));
    Process process = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start();
    assertThat(process.waitFor()).as(arguments).isZero();
  }

  private static String privateKey() throws Exception {
    KeyStore store = KeyStore.getInstance(folder.resolve("redis.p12").toFile(), "changeit".toCharArray());
    byte[] key = store.getKey("redis", "changeit".toCharArray()).getEncoded();
    return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
        + "\n-----END PRIVATE KEY-----\n";
  }

  private static JedisLink link(String scheme, String host, String password, String authority) {
    return new JedisLink(new RedisSettings(URI.create(scheme + "://:" + password + "@" + host + ":" + port), 2,
        Duration.ofSeconds(5), authority.isEmpty() ? "" : folder.resolve(authority).toString(), ""));
  }

  private static void refused(JedisLink link, String why) {
    link.start();
    try {
      assertThatThrownBy(() -> link.get(KEY)).isInstanceOf(Redis.Unavailable.class).hasMessageContaining(why)
          .hasMessageNotContaining(PASSWORD).hasMessageNotContaining(ENCODED);
      assertThatThrownBy(() -> link.read(KEY, "0-0", 1, Duration.ofMillis(1))).isInstanceOf(Redis.Unavailable.class)
          .hasMessageContaining(why);
    } finally {
      link.stop();
    }
  }

  @Test
  void a_server_with_the_right_name_and_a_certificate_of_the_right_authority_is_talked_to_in_tls() throws Exception {
    JedisLink link = link("rediss", "localhost", ENCODED, "ca.pem");
    link.start();
    try {
      assertThat(link.run(Redis.Script.of("return 7"), List.of(KEY), List.of())).isEqualTo(7L);
      assertThat(link.read(KEY, "0-0", 1, Duration.ofMillis(1))).isEmpty();
      FutureTask<List<Redis.Entry>> read = new FutureTask<>(() -> link.read(KEY, "0-0", 1, Duration.ofMillis(1_300)));
      Thread.ofPlatform().daemon().start(read);
      await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> {
        link.interruptRead();
        return read.isDone();
      });
      assertThatThrownBy(read::get).hasCauseInstanceOf(Redis.Unavailable.class);
    } finally {
      link.stop();
    }
  }

  @Test
  void a_certificate_of_another_authority_is_refused() {
    refused(link("rediss", "localhost", ENCODED, "other.pem"), "certification path");
  }

  @Test
  void a_certificate_of_nobody_that_java_trusts_is_refused() {
    refused(link("rediss", "localhost", ENCODED, ""), "certification path");
  }

  @Test
  void a_certificate_for_another_name_is_refused() {
    refused(link("rediss", "127.0.0.1", ENCODED, "ca.pem"),
        "No subject alternative names matching IP address 127.0.0.1");
  }

  @Test
  void a_wrong_password_is_refused() {
    refused(link("rediss", "localhost", "guessed", "ca.pem"), "WRONGPASS");
  }

  @Test
  void a_connection_without_tls_comes_to_nothing() {
    refused(link("redis", "localhost", ENCODED, ""), "got no answer");
  }
}
