package dev.scalable.deploy.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.deploy.Templates;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.run.FinishedCommand;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The stack of compose.yaml, from a copy of the templates that has secrets and a .env, as Compose brings it up. */
final class Stack implements AutoCloseable {

  /** What {@code .ci/image scalable/starter-app:check} has left. */
  static final String IMAGE = "scalable/starter-app:check";

  static final String MERCHANT = "a-token-for-the-merchant-of-these-tests";
  static final String PASSWORD = "a-password-that-nobody-else-may-see";
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Path folder;
  private final List<String> compose = new ArrayList<>();
  private final Map<String, String> variables = new LinkedHashMap<>();

  private Stack(Path folder) {
    this.folder = folder;
    if (Shell.succeeds(List.of("docker", "compose", "version"))) {
      compose.addAll(List.of("docker", "compose"));
    } else {
      compose.add(Templates.all().resolveSibling(".ci").resolve("compose").toString());
    }
    compose.addAll(List.of("--project-name", "scalable-compose-" + ProcessHandle.current().pid()));
  }

  /** Not up yet. */
  static Stack in(Path templates) throws IOException {
    for (String each : List.of("nginx", "compose", "observability")) {
      copy(Templates.folder(each), templates.resolve(each));
    }
    Files.copy(Templates.folder("rolling-restart.sh"), templates.resolve("rolling-restart.sh"));
    Stack stack = new Stack(templates.resolve("compose"));
    Path secrets = Files.createDirectory(stack.folder.resolve("secrets"), PosixFilePermissions.asFileAttribute(
        PosixFilePermissions.fromString("rwx------")));
    Files.writeString(secrets.resolve("db-password"), PASSWORD + "\n");
    Files.writeString(secrets.resolve("merchant-token"), MERCHANT + "\n");
    Files.writeString(secrets.resolve("pgbouncer-users"), "\"app\" \"" + PASSWORD + "\"\n");
    try (Stream<Path> all = Files.list(secrets)) {
      for (Path secret : all.toList()) {
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("r--r--r--"));
      }
    }
    stack.set("APP_IMAGE", IMAGE);
    stack.set("APP_PORT", "0");
    stack.set("APP_SAMPLE_PRODUCTS", "100");
    stack.set("PGBOUNCER_IMAGE", "scalable/pgbouncer:forky");
    // Networks of other runs are on the same engine; and a machine may allow its containers less than is asked for.
    stack.set("APP_FRONT", "172.30." + ProcessHandle.current().pid() % 256 + ".0/24");
    stack.set("APP_FILES",
        Shell.run(List.of("sh", "-c", "ulimit -Hn")).outputOfSuccess().strip().replace("unlimited", "65536"));
    return stack;
  }

  /** Copies a folder, without what is secret or somebody's own in it. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.filter(path -> !path.startsWith(from.resolve("secrets")) && !path.endsWith(".env"))
          .toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  /** Where the copy of the template is. */
  Path folder() {
    return folder;
  }

  /** Says it in .env. */
  void set(String variable, String value) throws IOException {
    variables.put(variable, value);
    Files.write(folder.resolve(".env"),
        variables.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList());
  }

  /** What Compose says to a command, whether it succeeds or not. */
  FinishedCommand tried(String... words) {
    return Shell.run(folder, LIMIT, Stream.concat(compose.stream(), Stream.of(words)).toList());
  }

  /** What Compose prints for a command that succeeds. */
  String compose(String... words) {
    FinishedCommand ended = tried(words);
    assertThat(ended.exitCode()).as("compose %s: %s", List.of(words), ended.output()).isZero();
    return ended.output();
  }

  static String docker(String... words) {
    return Shell.run(Stream.concat(Stream.of("docker"), Stream.of(words)).toList()).outputOfSuccess().strip();
  }

  /** The containers of a service that run. */
  List<String> containers(String service) {
    return compose("ps", "--quiet", service).lines().map(String::strip).filter(line -> line.matches("[0-9a-f]{64}"))
        .toList();
  }

  /** Where clients come in. */
  URI balancer() {
    String port = docker("port", containers("nginx").getFirst(), "8080/tcp");
    return URI.create("http://" + port.lines().findFirst().orElseThrow());
  }

  /** POSTs with keys, each of which makes a product. */
  Load posts() {
    return Load.against(balancer()).post("/products", () -> "{\"name\":\"made meanwhile\",\"priceCents\":250}")
        .header("Authorization", "Bearer " + MERCHANT).idempotencyKey();
  }

  /** How many products there are. */
  long products() {
    return Long.parseLong(compose("exec", "-T", "db", "psql", "--username=app", "--dbname=app", "--tuples-only",
        "--no-align", "--command=select count(*) from product").strip());
  }

  /** The script that is shipped. */
  FinishedCommand rollingRestart(int soak) {
    return Shell.run(folder, LIMIT, List.of("env", "COMPOSE=" + String.join(" ", compose), "APP_BALANCER=" + balancer(),
        "APP_ROLLING=--patience 120 --soak " + soak, folder.resolve("rolling-restart").toString(), "--migrate"));
  }

  @Override
  public void close() {
    compose("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "1");
  }
}
