package dev.scalable.deploy.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.deploy.Templates;
import dev.scalable.deploy.kubernetes.Mistake;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** compose.yaml has fields that Compose knows and keeps what its README promises; a copy with a mistake is caught. */
class ComposeFileTest {

  private static final Path REFERENCE = Templates.all().resolveSibling("docs").resolve("reference/configuration.md");

  private static final List<String> MISTAKES = List.of(
      // what is there | what would be wrong | what is said of it
      "    stop_signal: SIGQUIT | stop_signl: SIGQUIT | 'stop_signl'",
      "condition: service_healthy} | condition: healthy} | depends_on.app.condition",
      "interval: 2s | interval: 2 | interval",
      "  read_only: true | read_only: false | can write to its root",
      "  cap_drop: [ALL] | cap_drop: [NET_RAW] | keeps capabilities",
      "  security_opt: [no-new-privileges:true] | security_opt: [] | may gain privileges",
      "limits: {cpus: \"1\", memory: 1G, pids: 256} | limits: {cpus: \"1\", memory: 1G} | 'pids'",
      "max-size: 10m, |  | 'max-size'",
      "    restart: \"no\" | restart: always | migrate has restart: always",
      "    stop_grace_period: 40s |  | app is killed 10 s after SIGTERM",
      "    deploy:\n      replicas | container_name: app\n    deploy:\n      replicas | 'container_name'",
      "condition: service_completed_successfully | condition: service_started | does not wait for migrate",
      "started, required: false | started | needs pgbouncer, which only a profile starts",
      "${APP_ADDRESS:-127.0.0.1}: | ${APP_ADDRESS:-0.0.0.0}: | publishes 0.0.0.0:8080:8080 to everybody",
      ":${APP_PORT:-8080}:8080 | :${APP_PORT:-8080}:80 | but listens on 8080",
      "SCALABLE_DB_POOL_SIZE: | SCALABLE_DB_POOLSIZE: | app sets SCALABLE_DB_POOLSIZE, which is no setting",
      "      POSTGRES_PASSWORD_FILE: | POSTGRES_USER: app\n      POSTGRES_PASSWORD_FILE: | has the role of instances",
      "SCALABLE_DB_PASSWORD_FILE: /run/secrets/db-password | SCALABLE_DB_PASSWORD: hunter2 | has a secret written down",
      "FILE: /run/secrets/db-password | FILE: /run/secrets/pw | where no secret of it is",
      "  back:\n    internal: true | back:\n    internal: false | db is in the network back, which is not internal",
      "./site:/etc/scalable/site:ro | ./sites:/etc/scalable/site:ro | mounts ./sites, which is not there",
      "../nginx:/etc/scalable:ro | ../nginx:/etc/scalable | may write to ../nginx",
      "${APP_REPLICAS:-2} | ${APP_REPLICAS:-5} | has 5 replicas, not between 2 and SCALABLE_INSTANCES",
      "    profiles: [pgbouncer] |  | without a profile run",
      "APP_IMAGE:-starter-app}\n | APP_IMAGE:-starter-app}\n  image: b\n | a second time");

  @TempDir
  private Path copy;

  @Test
  void the_file_has_no_mistake() throws IOException {
    assertThat(findings(Templates.all())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void a_copy_with_a_mistake_is_caught_and_told_with_its_line(String mistake) throws IOException {
    String[] words = mistake.split(" \\| ?", -1);
    String right = words[0];
    String wrong = right.replaceAll("\\S(?s:.*)", "") + words[1];
    for (String each : List.of("nginx", "observability", "compose")) {
      Stack.copy(Templates.folder(each), copy.resolve(each));
    }
    String text = Files.readString(Templates.folder("compose").resolve("compose.yaml"));
    assertThat(text).contains(right);
    Files.writeString(copy.resolve("compose/compose.yaml"), text.replace(right, wrong));

    assertThat(findings(copy)).anySatisfy(finding -> assertThat(finding).contains(words[2])
        .matches("(?s)compose/compose.yaml:\\d+:.*"));
  }

  /** Under the starter's own name, as the names of its settings are those of the reference. */
  @Test
  void what_the_starter_takes_along_has_no_mistake_either_and_names_only_what_has_come_along() throws IOException {
    Path taken = copy.resolve("taken");
    Shell.run(List.of(Templates.all().resolveSibling("starter-app").resolve("take-away").toString(), taken.toString(),
        "--package", "com.acme.starter")).outputOfSuccess();

    assertThat(findings(taken)).isEmpty();
    assertThat(ComposeFile.read(taken).text("app", "image")).contains("starter");
    assertThat(ComposeFile.read(taken).words("migrate", "entrypoint")).endsWith("com.acme.starter.Migrate");
    assertThat(taken.resolve("docker/Dockerfile")).content().contains("ARG APP=.\n", "ARG TEMPLATES=docker\n",
        "ARG MIGRATE=com.acme.starter.Migrate\n");
    assertThat(taken.resolve(".dockerignore")).content().contains("\n!docker\n!target/lib\n!target/*-app.jar");
    for (String script : List.of("compose/rolling-restart", "rolling-restart.sh")) {
      assertThat(taken.resolve(script)).isExecutable();
    }
    try (Stream<Path> all = Files.walk(taken)) {
      assertThat(all.filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(taken.resolve("src")) && !file.endsWith("run")))
          .allSatisfy(file -> assertThat(file).content().doesNotContain("deploy-templates"));
    }
  }

  static Stream<String> mistakes() {
    return MISTAKES.stream();
  }

  private static List<String> findings(Path templates) throws IOException {
    try {
      ComposeFile compose = ComposeFile.read(templates);
      return Stream.concat(ComposeSchema.check(compose).stream(), ComposeRules.check(compose, REFERENCE).stream())
          .map(Object::toString).toList();
    } catch (Mistake e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }
}
