package dev.scalable.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real instance starts with what the overlay gives its container, and answers what the probes ask. */
class ServedTest {

  private static final Pattern HEALTH = Pattern.compile("tells of its health on \\S+:(\\d+)");

  @TempDir Path secrets;

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void an_instance_takes_settings_and_options_and_answers_probes_while_its_database_is_silent() throws Exception {
    try (ServerSocket silentDatabase = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Process instance = start(silentDatabase.getLocalPort());
      try (HttpClient client = HttpClient.newHttpClient(); BufferedReader output = instance.inputReader()) {
        String health = "http://127.0.0.1:" + healthPort(output);
        assertThat(ask(client, health + Served.LIVE)).isEqualTo(200);
        assertThat(ask(client, health + Served.READY)).isEqualTo(503);
        assertThat(ask(client, health + Served.METRICS)).isEqualTo(200);
      } finally {
        instance.destroyForcibly().waitFor();
      }
    }
  }

  /** The main class of the starter in a process of its own, with ports and addresses that this machine has. */
  private Process start(int databasePort) throws IOException {
    Manifests prod = Manifests.render(Templates.ROOT, Templates.OVERLAYS.resolve("prod"));
    ProcessBuilder java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("java.class.path"), "dev.scalable.starter.Main");
    Map<String, String> environment = java.environment();
    environment.clear();
    prod.app().environment(prod).forEach((name, value) -> environment.put(name, value.text().orElseThrow()));
    environment.put("SCALABLE_HTTP_PORT", "0");
    environment.put("SCALABLE_HEALTH_PORT", "0");
    environment.put("SCALABLE_DB_PASSWORD_FILE", secret("password", "secret"));
    environment.put("SCALABLE_REDIS_URL_FILE", secret("url", "redis://app:secret@127.0.0.1:" + databasePort));
    environment.computeIfPresent("SCALABLE_DB_URL", (name, url) ->
        url.replaceFirst("//[^/]+/", "//127.0.0.1:" + databasePort + "/"));
    return java.redirectErrorStream(true).start();
  }

  private String secret(String name, String content) throws IOException {
    return Files.writeString(secrets.resolve(name), content).toString();
  }

  private static int healthPort(BufferedReader output) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      Matcher port = HEALTH.matcher(line);
      if (port.find()) {
        return Integer.parseInt(port.group(1));
      }
    }
    throw new AssertionError("the instance has not started:\n" + String.join("\n", lines));
  }

  private static int ask(HttpClient client, String url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
