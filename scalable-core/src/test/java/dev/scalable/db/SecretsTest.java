package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.LibrarySchema;
import dev.scalable.TestStack;
import dev.scalable.TinyService;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Instances as processes, with passwords that can be recognised in each place where one may stand, and in some where
 * none may. They log all there is to log, and lose what they depend on; nothing that they say has a password in it.
 */
@Timeout(180)
class SecretsTest {

  /** In each of the passwords, and nowhere else. */
  private static final String MARK = "Xyzzy";

  private static final String DB_PASSWORD = MARK + "-of-the-database";
  private static final String REDIS_PASSWORD = MARK + "-of-redis";
  private static final String WRONG_PASSWORD = MARK + "-is-wrong";

  private static final Pattern PORT = Pattern.compile("the HTTP server on 127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern HEALTH_PORT = Pattern.compile("the health port (\\d+)");
  private static final int LIMIT_SECONDS = 60;

  private static final String LOG_EVERYTHING = """
      <configuration>
        <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger %msg%n%ex{full}</pattern></encoder>
        </appender>
        <root level="DEBUG"><appender-ref ref="out"/></root>
      </configuration>
      """;

  @TempDir
  private Path folder;

  private final List<Instance> instances = new ArrayList<>();

  /** A process, and what it has said: its output, and its answers. */
  private final class Instance {

    private final Path output;
    private final Process process;

    Instance(String name, Map<String, String> environment) throws IOException {
      output = folder.resolve(name + ".log");
      ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1", "-Xmx128m", "-Dlogback.configurationFile=" + folder.resolve("logback.xml"),
          "-cp", System.getProperty("java.class.path"), TinyService.class.getName());
      builder.environment().putAll(Map.of("SCALABLE_HTTP_HOST", "127.0.0.1", "SCALABLE_HTTP_PORT", "0",
          "SCALABLE_HEALTH_PORT", "0", "SCALABLE_DB_USER", "secretive", "SCALABLE_DB_ACQUIRE_TIMEOUT", "500ms",
          "SCALABLE_DB_POOL_SIZE", "2"));
      builder.environment().putAll(environment);
      process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      instances.add(this);
    }

    String said() throws IOException {
      return Files.readString(output);
    }

    int port(Pattern which) throws IOException {
      Matcher matcher = which.matcher(said().substring(said().indexOf("started in ")));
      assertThat(matcher.find()).isTrue();
      return Integer.parseInt(matcher.group(1));
    }

    void awaitStart() {
      await().atMost(DbInstance.LONGEST).until(() -> {
        assertThat(process.isAlive()).as("%s", output).isTrue();
        return said().contains("started in ");
      });
    }

    /** Asks for something, and keeps the answer with the output. */
    int ask(Pattern port, Call call) throws IOException {
      try (Client client = Client.open(URI.create("http://127.0.0.1:" + port(port)))) {
        Answer answer = client.send(call);
        Files.writeString(folder.resolve("answers.log"), answer.headers() + "\n" + answer.text() + "\n",
            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return answer.status();
      }
    }

    int exit() throws InterruptedException {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("%s has ended", output).isTrue();
      return process.exitValue();
    }
  }

  @AfterEach
  void end_what_is_left() {
    instances.forEach(instance -> instance.process.destroyForcibly());
  }

  private static String redis(String userAndPassword) {
    return "redis://" + userAndPassword + "@127.0.0.1:" + TestStack.redis().address().getPort();
  }

  /** Sends one command, and expects it to be carried out. */
  private static void askRedis(String command) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), TestStack.redis().address().getPort())) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).as(command).isIn((int) '+', (int) ':');
    }
  }

  @Test
  void nothing_that_an_instance_says_has_a_password_in_it() throws Exception {
    Files.writeString(folder.resolve("logback.xml"), LOG_EVERYTHING);
    askRedis("ACL SETUSER secretive on >" + REDIS_PASSWORD + " ~* &* +@all");
    try (OwnPostgres postgres = OwnPostgres.in(folder)) {
      postgres.start();
      LibrarySchema.create(Jdbi.create(postgres::connect));
      postgres.execute("create role secretive login superuser password '" + DB_PASSWORD + "'");
      String address = "jdbc:postgresql://" + postgres.address() + "/postgres";

      Instance well = new Instance("well", Map.of("SCALABLE_DB_URL", address, "SCALABLE_DB_PASSWORD", DB_PASSWORD,
          "SCALABLE_REDIS_URL", redis("secretive:" + REDIS_PASSWORD)));
      Instance inUrl = new Instance("in-url", Map.of(
          "SCALABLE_DB_URL", address + "?user=secretive&password=" + DB_PASSWORD,
          "SCALABLE_REDIS_URL", redis("secretive:" + WRONG_PASSWORD)));
      Instance wrong = new Instance("wrong", Map.of("SCALABLE_DB_URL", address, "SCALABLE_DB_PASSWORD", WRONG_PASSWORD,
          "SCALABLE_REDIS_URL", redis(":" + REDIS_PASSWORD)));
      // The driver cannot read this one, and would say so with all of it.
      Instance unreadable = new Instance("unreadable", Map.of(
          "SCALABLE_DB_URL", "jdbc:postgresql://secretive:" + DB_PASSWORD + "@localhost/postgres",
          "SCALABLE_REDIS_URL", redis("secretive:" + REDIS_PASSWORD)));
      liveThroughAnOutage(well, inUrl, postgres);
      List<Integer> exits = List.of(unreadable.exit(), wrong.exit());

      nothingHasAPassword();
      assertThat(exits).containsExactly(78, 1);
      assertThat(well.said()).as("the place of each secret shows").contains("SCALABLE_DB_PASSWORD=****",
          "SCALABLE_REDIS_URL=redis://****@");
      assertThat(inUrl.said()).contains("password=****", "WRONGPASS");
      assertThat(wrong.said()).contains("password authentication failed");
      assertThat(unreadable.said()).contains("SCALABLE_DB_URL (value not shown) is not");
    } finally {
      askRedis("ACL DELUSER secretive");
    }
  }

  private static void liveThroughAnOutage(Instance well, Instance inUrl, OwnPostgres postgres) throws Exception {
    for (Instance each : List.of(well, inUrl)) {
      each.awaitStart();
      await().atMost(DbInstance.LONGEST).until(() -> each.ask(PORT, Call.put("/notes/1", "\"text\"")) == 204);
    }
    postgres.stop();
    for (Instance each : List.of(well, inUrl)) {
      assertThat(each.ask(PORT, Call.put("/notes/1", "\"text\""))).isEqualTo(503);
      each.ask(HEALTH_PORT, Call.get("/health"));
      each.ask(HEALTH_PORT, Call.get("/health/ready"));
      each.ask(HEALTH_PORT, Call.get("/metrics"));
      each.process.destroy();
    }
    for (Instance each : List.of(well, inUrl)) {
      assertThat(each.exit()).isEqualTo(143);
    }
    postgres.start();
  }

  private void nothingHasAPassword() throws IOException {
    int files = 0;
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
      for (Path log : logs) {
        if (!log.endsWith("data.log")) {
          files++;
          assertThat(Files.readAllLines(log)).as("%s", log.getFileName()).isNotEmpty()
              .noneMatch(line -> line.contains(MARK));
        }
      }
    }
    assertThat(files).as("what all have said, and answered").isEqualTo(instances.size() + 1);
  }
}
