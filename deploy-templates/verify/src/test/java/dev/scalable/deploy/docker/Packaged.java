package dev.scalable.deploy.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.deploy.Templates;
import dev.scalable.testkit.cluster.Cluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The starter as its image has it, made in a folder by the image's own scripts: the jars, a linked run-time, an AOT cache. */
final class Packaged {

  private static final Path SCRIPTS = Templates.folder("docker");
  private static final Path BUILT = Templates.all().resolveSibling("starter-app/target");

  /** What the Dockerfile has asked in training. */
  private static final List<String> PATHS =
      List.of("/", "/openapi.json", "/status", "/products/1", "/products", "/stock/1", "/nothing");

  private static final int MOST_SECONDS = 180;

  private final Path folder;
  private final Path jar;

  private Packaged(Path folder, Path jar) {
    this.folder = folder;
    this.jar = jar;
  }

  /** Links a run-time for the jar that the build has made, in a new folder. */
  static Packaged in(Path folder) throws IOException, InterruptedException {
    Path jar;
    try (Stream<Path> built = Files.list(BUILT)) {
      jar = built.filter(file -> file.getFileName().toString().matches("starter-app-.*-app\\.jar")).findFirst()
          .orElseThrow(() -> new IllegalStateException(
              "starter-app/target has no jar: this needs the phase package, as mvn verify has it"));
    }
    Packaged made = new Packaged(folder, jar);
    made.script(Map.of(), "link.sh", System.getProperty("java.home"), jar.toString(), made.runtime().toString());
    return made;
  }

  /** Trains beside a cluster, with its stores. */
  Packaged train(Cluster cluster) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("train.sh", java().toString(), options().toString(), jar.toString(),
        cache().toString()));
    words.addAll(PATHS);
    script(environment(cluster), words.toArray(String[]::new));
    return this;
  }

  Path runtime() {
    return folder.resolve("runtime");
  }

  Path java() {
    return runtime().resolve("bin/java");
  }

  Path cache() {
    return folder.resolve("app.aot");
  }

  Path options() {
    return SCRIPTS.resolve("jvm.options");
  }

  /** The command of the image's entry point, with more options; nothing of the cache. */
  List<String> command(String... more) {
    List<String> words = new ArrayList<>(List.of(java().toString(), "@" + options()));
    words.addAll(Arrays.asList(more));
    words.addAll(List.of("-jar", jar.toString()));
    return words;
  }

  /** The command with the cache; a JVM that cannot use it does not start. */
  List<String> commandWithCache(String... more) {
    List<String> words = new ArrayList<>(List.of("-XX:AOTCache=" + cache(), "-XX:AOTMode=on"));
    words.addAll(Arrays.asList(more));
    return command(words.toArray(String[]::new));
  }

  /** The settings of an instance with free ports and the stores of a cluster. */
  static Map<String, String> environment(Cluster cluster) throws IOException {
    return Map.of(
        "SCALABLE_HTTP_HOST", "127.0.0.1",
        "SCALABLE_HTTP_PORT", Integer.toString(free()),
        "SCALABLE_HEALTH_PORT", Integer.toString(free()),
        "SCALABLE_DB_URL", cluster.postgres().jdbcUrl(),
        "SCALABLE_DB_USER", cluster.postgres().user(),
        "SCALABLE_DB_PASSWORD", cluster.postgres().password(),
        "SCALABLE_REDIS_URL", cluster.redis().uri().toString());
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void script(Map<String, String> environment, String... words) throws IOException, InterruptedException {
    Path log = folder.resolve(words[0] + ".log");
    List<String> command = new ArrayList<>(List.of("bash", SCRIPTS.resolve(words[0]).toString()));
    command.addAll(Arrays.asList(words).subList(1, words.length));
    Process process = start(command, environment, log);
    boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
    if (!ended || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(words[0] + (ended ? " ended with " + process.exitValue() : " has not ended in "
          + MOST_SECONDS + " s") + ":\n" + Files.readString(log, UTF_8));
    }
  }

  /** A process with this environment added, and its output in a file. */
  static Process start(List<String> command, Map<String, String> environment, Path log) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.endsWith("JAVA_OPTIONS") || name.equals("JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    return builder.start();
  }
}
