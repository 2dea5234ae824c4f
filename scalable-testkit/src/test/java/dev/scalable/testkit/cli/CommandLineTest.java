package dev.scalable.testkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.scalable.testkit.cluster.TinyApp;
import dev.scalable.testkit.run.Recorded;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, as a person meets it. */
class CommandLineTest {
  private static final Pattern ADDRESS = Pattern.compile("(http://127\\.0\\.0\\.1:\\d+) {3}nginx");
  private static final Pattern LOGS = Pattern.compile("logs in (.+)");

  @Test void run_starts_a_cluster_that_answers_and_leaves_nothing_when_it_is_told_to_end(@TempDir Path folder)
      throws IOException, InterruptedException {
    try (CommandLine line = CommandLine.start(folder, "run", "--app", TinyApp.class.getName(), "--instances", "1",
        "--port", "0", "--backend", "local", "--", "of ${INSTANCES}")) {
      line.awaitPrinted("stop with Ctrl-C");
      assertThat(answer(found(ADDRESS, line.text()) + "/hello")).isEqualTo("app-1 /hello");
      assertThat(line.text()).contains("   app-1, process ").contains("jdbc:postgresql://").contains("redis://")
          .contains("data thrown away at the end").doesNotContain("SLF4J");
      Path run = Path.of(found(LOGS, line.text()));
      assertThat(run.resolve("logs/app-1.log")).content().contains("arguments [of 1]");
      List<ProcessHandle> processes = Recorded.withDescendants(Recorded.of(run));
      assertThat(Recorded.living(processes)).hasSizeGreaterThan(5);

      line.process().destroy();
      assertThat(line.exitCode()).isEqualTo(143);
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Recorded.living(processes).isEmpty());
      assertThat(run).doesNotExist();
    }
  }

  @Test void run_says_why_a_cluster_did_not_start(@TempDir Path folder) throws IOException, InterruptedException {
    try (CommandLine line = CommandLine.start(
        folder, "run", "--app", TinyApp.class.getName(), "--port", "0", "--backend", "local", "--", "broken")) {
      assertThat(line.exitCode()).isEqualTo(1);
      assertThat(line.text()).contains("did not start").contains("this app is broken on purpose")
          .doesNotContain("\tat ");
    }
  }

  @Test void origin_prints_the_figures_beside_those_of_the_report(@TempDir Path folder)
      throws IOException, InterruptedException {
    HttpServer server = server(0);
    try (CommandLine line = origin(folder, server)) {
      assertThat(line.exitCode()).as(line.text()).isZero();
      assertThat(line.text()).contains("200/200").contains("500/500").contains("476.60").contains("38 ms")
          .containsPattern("share of each instance +50/50 +100\n")
          .containsPattern("20 users for 5 s: answered +- +\\d+/\\d+")
          .contains("Every request was answered. Requests per second: ");
    } finally {
      server.stop(0);
    }
  }

  @Test void origin_ends_with_1_if_a_single_request_failed(@TempDir Path folder)
      throws IOException, InterruptedException {
    HttpServer server = server(300);
    try (CommandLine line = origin(folder, server)) {
      assertThat(line.exitCode()).isEqualTo(1);
      assertThat(line.text()).contains("200/200").contains("499/500")
          .contains("10 users x 50: 1 of 500 requests were not answered with 2xx").doesNotContain("Every request");
    } finally {
      server.stop(0);
    }
  }

  @Test void origin_measures_nothing_where_nobody_answers() throws IOException {
    HttpServer server = server(0);
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    server.stop(0);
    Said said = say("origin", "--url", address);
    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.out()).contains("GET " + address + "/ is not answered with 2xx").contains("[Refused]");
  }

  @Test void all_mistakes_are_told_at_once_with_the_exit_code_of_wrong_usage() {
    Said run = say("run", "--instances", "none", "--prot", "--port", "70000", "--backend", "cloud", "--env", "nonsense",
        "--readiness", "ready", "--app", "no.such.Main", "--data");
    assertThat(run.exitCode()).isEqualTo(64);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).containsExactlyInAnyOrder(
        "There is no option --prot",
        "--data needs a value",
        "--instances needs a number from 1 to 16, not \"none\"",
        "--port needs a number from 0 to 65535, not \"70000\"",
        "--backend is \"cloud\", which is no backend; there are auto, local, docker, external",
        "--env needs NAME=VALUE, not \"nonsense\"",
        "the readiness path must begin with a slash: \"ready\"",
        "there is no class no.such.Main on the class path of the test",
        "testkit --help says what there is");

    assertThat(say("run", "--jar", "a.jar", "--image", "b").err())
        .contains("Say what the app is by one of --app, --jar, --command, --image, not by several: --jar, --image");
    assertThat(say("run").err()).contains("Say what the app is by one of");
  }

  @Test void the_mistakes_of_origin_are_too() {
    Said origin = say("origin", "--path", "products", "--warm-up", "-1", "more");
    assertThat(origin.exitCode()).isEqualTo(64);
    assertThat(origin.err()).contains("--url http://HOST:PORT is missing").contains("--path begins with a slash")
        .contains("--warm-up needs a number from 0 to 100000, not \"-1\"").contains("There is no option more");
    assertThat(say("origin", "--url", "https://example.org").err())
        .contains("the client speaks plain HTTP to http://host:port");
    assertThat(say("origin", "--url", "http://127.0.0.1:1", "--url", "http://127.0.0.1:2").err())
        .contains("--url is there twice");
  }

  @Test void help_is_no_mistake_and_nothing_is_one() {
    assertThat(say("--help")).satisfies(said -> assertThat(said.exitCode()).isZero())
        .satisfies(said -> assertThat(said.out()).contains("testkit run").contains("testkit origin"));
    assertThat(say("run", "--help").exitCode()).isZero();
    assertThat(say().exitCode()).isEqualTo(64);
    assertThat(say("start").err()).startsWith("There is no command start, only run and origin");
  }

  /** What it said and how it ended. */
  private record Said(int exitCode, String out, String err) {}

  private static Said say(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(List.of(words), new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static CommandLine origin(Path folder, HttpServer server) throws IOException {
    return CommandLine.start(folder, "origin", "--url", "http://127.0.0.1:" + server.getAddress().getPort(),
        "--path", "/products", "--warm-up", "20", "--instance-header", "X-Who");
  }

  /** A server that fails one request: that of the number, counted from 1. */
  private static HttpServer server(int failing) throws IOException {
    AtomicInteger requests = new AtomicInteger();
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/products", exchange -> {
      exchange.getResponseHeaders().add("X-Who", "me");
      exchange.sendResponseHeaders(requests.incrementAndGet() == failing ? 500 : 200, -1);
      exchange.close();
    });
    server.start();
    return server;
  }

  private static String answer(String uri) throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
        .body();
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }
}
