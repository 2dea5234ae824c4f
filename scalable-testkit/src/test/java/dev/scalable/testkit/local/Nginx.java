package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.testkit.nginx.NginxConf;
import dev.scalable.testkit.nginx.NginxVersion;
import dev.scalable.testkit.run.Shell;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A running nginx with the shipped configuration, in a folder of its own that goes away with it. */
final class Nginx implements AutoCloseable {

  private static final int ATTEMPTS = 5;

  private final NginxConf conf;
  private final int port;
  private final int statusPort;
  private final Process process;

  private Nginx(CheckedConf checked, int port, int statusPort, Process process) {
    this.conf = checked.conf();
    this.port = port;
    this.statusPort = statusPort;
    this.process = process;
  }

  static Nginx before(Upstream... upstreams) throws IOException {
    return before(Stream.of(upstreams).map(Upstream::address).toList(), "");
  }

  /**
   * Starts nginx and waits until it answers; a port that another process took in between costs another attempt.
   *
   * @param http added to site/http.conf
   */
  static Nginx before(List<InetSocketAddress> slots, String http) throws IOException {
    return before(slots, http, "");
  }

  /** As {@link #before(List, String)}, with text added to site/listen.conf as well. */
  static Nginx before(List<InetSocketAddress> slots, String http, String listen) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Nginx nginx = launch(slots, http, listen);
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .atMost(Duration.ofSeconds(20))
          .until(() -> !nginx.process.isAlive() || nginx.answers());
      if (nginx.process.isAlive()) {
        return nginx;
      }
      String error = Files.readString(nginx.conf.errorLog());
      nginx.deleteFolder();
      if (attempt == ATTEMPTS || !error.contains("Address already in use")) {
        throw new AssertionError("nginx did not start:\n" + error);
      }
    }
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Of the nginx that all of this runs on. */
  static NginxVersion version() {
    return NginxBinary.find().version();
  }

  /** Has it read its configuration again, and waits until new workers have taken over and the old ones listen no more. */
  void reload() throws IOException {
    long master = Long.parseLong(Files.readString(conf.folder().resolve("nginx.pid")).strip());
    NginxWorkers old = NginxWorkers.of(master);
    Shell.signal(master, "HUP");
    await().atMost(Duration.ofSeconds(20)).until(() -> old.haveSuccessors() && old.listenNoMore());
  }

  Wire connect() throws IOException {
    return new Wire(port);
  }

  Wire connectToStatus() throws IOException {
    return new Wire(statusPort);
  }

  /** One request on a connection of its own. */
  Wire.Answer ask(String methodAndTarget, String... headers) throws IOException {
    try (Wire wire = connect()) {
      return wire.ask(methodAndTarget, headers);
    }
  }

  /** The bytes of the access log once it has that many lines. */
  byte[] accessLog(int lines) throws IOException {
    await().until(() -> lines() >= lines);
    return Files.readAllBytes(conf.accessLog());
  }

  /** Ends nginx, checks that it ended well and deletes its folder. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("nginx ended").isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    assertThat(process.exitValue()).as("exit code of nginx").isZero();
    assertThat(Files.readString(conf.errorLog())).doesNotContain("[alert]", "[emerg]", "[crit]");
    deleteFolder();
  }

  private static Nginx launch(List<InetSocketAddress> slots, String http, String listen) throws IOException {
    Path folder = Files.createTempDirectory("scalable-nginx-test-");
    int port = Upstream.freePort();
    int statusPort = Upstream.freePort();
    NginxBinary nginx = NginxBinary.find();
    CheckedConf conf =
        CheckedConf.write(folder, nginx, Sites.of(slots, port, statusPort, nginx.version()), Map.of());
    add(folder.resolve("site/http.conf"), http);
    add(folder.resolve("site/listen.conf"), listen);
    File output = folder.resolve("logs/output").toFile();
    Process process = new ProcessBuilder(conf.command()).redirectErrorStream(true).redirectOutput(output).start();
    return new Nginx(conf, port, statusPort, process);
  }

  private static void add(Path file, String text) throws IOException {
    Files.writeString(file, Files.readString(file) + text);
  }

  private boolean answers() {
    try (Wire wire = connectToStatus()) {
      return wire.ask("GET /lb-health").status() == 204;
    } catch (IOException notYet) {
      return false;
    }
  }

  private long lines() throws IOException {
    return new String(Files.readAllBytes(conf.accessLog()), StandardCharsets.ISO_8859_1).lines().count();
  }

  private void deleteFolder() throws IOException {
    try (Stream<Path> paths = Files.walk(conf.folder())) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
