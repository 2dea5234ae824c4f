package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS to a real PostgreSQL that has a certificate for {@code localhost} and no other name, and takes nothing but TLS. */
class TlsTest {

  @TempDir
  private static Path folder;

  private static OwnPostgres server;

  @BeforeAll
  static void start_a_server_with_a_certificate() throws Exception {
    keytool("-genkeypair -alias ca -keyalg EC -groupname secp256r1 -dname CN=ca -ext bc:c -keystore ca.p12");
    keytool("-genkeypair -alias ca -keyalg EC -groupname secp256r1 -dname CN=other -ext bc:c -keystore other.p12");
    keytool("-exportcert -rfc -alias ca -keystore ca.p12 -file ca.pem");
    keytool("-exportcert -rfc -alias ca -keystore other.p12 -file other.pem");
    keytool("-genkeypair -alias db -keyalg EC -groupname secp256r1 -dname CN=db -keystore db.p12");
    keytool("-certreq -alias db -keystore db.p12 -file db.csr");
    keytool("-gencert -rfc -alias ca -keystore ca.p12 -infile db.csr -outfile server.crt -ext san=dns:localhost");
    server = OwnPostgres.in(folder);
    Files.copy(folder.resolve("server.crt"), server.data().resolve("server.crt"));
    Files.writeString(server.data().resolve("server.key"), privateKey());
    server.keepPrivate(server.data().resolve("server.key"));
    Files.writeString(server.data().resolve("pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n");
    server.start("ssl=on");
  }

  @AfterAll
  static void stop_it() throws IOException {
    server.close();
  }

  private static void keytool(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(Arrays.asList(arguments.split(" ")));
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-storepass", "changeit", "-noprompt"));
    Process process = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start();
    assertThat(process.waitFor()).as(arguments).isZero();
  }

  private static String privateKey() throws Exception {
    KeyStore store = KeyStore.getInstance(folder.resolve("db.p12").toFile(), "changeit".toCharArray());
    byte[] key = store.getKey("db", "changeit".toCharArray()).getEncoded();
    return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key) + "\n-----END PRIVATE KEY-----\n";
  }

  private static Pool pool(String host, String parameters) {
    return pool(host, "postgres", OwnPostgres.PASSWORD, parameters);
  }

  private static Pool pool(String host, String database, String password, String parameters) {
    return new Pool(DbSettings.from(Settings.of(Map.of(
        "SCALABLE_DB_URL", "jdbc:postgresql://" + host + ":" + server.port() + "/" + database + "?" + parameters,
        "SCALABLE_DB_USER", OwnPostgres.USER, "SCALABLE_DB_PASSWORD", password, "SCALABLE_DB_POOL_SIZE", "1"))));
  }

  /** The start has failed without another try: waiting mends no setting. */
  private static void refusedAtOnce(Pool pool, String why, String inTheLogOfTheServer) throws IOException {
    int before = occurrences(inTheLogOfTheServer);
    refused(pool, why);
    assertThat(occurrences(inTheLogOfTheServer) - before).as("tries").isEqualTo(1);
  }

  private static int occurrences(String text) throws IOException {
    return server.log().split(Pattern.quote(text), -1).length - 1;
  }

  private static void refused(Pool pool, String why) {
    try {
      assertThatThrownBy(pool::start).rootCause().hasMessageContaining(why);
    } finally {
      pool.stop();
    }
  }

  @Test
  void a_server_with_the_right_name_and_a_certificate_of_the_right_authority_is_talked_to_in_tls() throws SQLException {
    Pool pool = pool("localhost", "sslmode=verify-full&sslrootcert=" + folder.resolve("ca.pem"));
    try {
      pool.start();
      boolean tls = new PooledDb(pool).read(tx -> tx.handle()
          .createQuery("select ssl from pg_stat_ssl where pid = pg_backend_pid()").mapTo(Boolean.class).one());
      assertThat(tls).isTrue();
    } finally {
      pool.stop();
    }
  }

  @Test
  void a_certificate_of_another_authority_stops_the_start_at_once() throws IOException {
    refusedAtOnce(pool("localhost", "sslmode=verify-full&sslrootcert=" + folder.resolve("other.pem")),
        "certification path", "could not accept SSL connection");
  }

  @Test
  void a_certificate_for_another_name_stops_the_start() {
    refused(pool("127.0.0.1", "sslmode=verify-full&sslrootcert=" + folder.resolve("ca.pem")),
        "The hostname 127.0.0.1 could not be verified");
  }

  @Test
  void a_connection_without_tls_is_refused_by_the_server_and_stops_the_start_at_once() throws IOException {
    refusedAtOnce(pool("localhost", "sslmode=disable"), "no encryption", "no pg_hba.conf entry");
  }

  @Test
  void a_wrong_password_stops_the_start_at_once() throws IOException {
    refusedAtOnce(pool("localhost", "postgres", "wrong", "sslmode=require"), "password authentication failed",
        "FATAL:  password authentication failed");
  }

  @Test
  void a_database_that_does_not_exist_stops_the_start_at_once() throws IOException {
    refusedAtOnce(pool("localhost", "nowhere", OwnPostgres.PASSWORD, "sslmode=require"), "does not exist",
        "database \"nowhere\" does not exist");
  }
}
