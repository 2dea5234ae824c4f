package dev.scalable.deploy.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerfileTest {

  private static final Path FOLDER = Stream.of("../docker", "deploy-templates/docker").map(Path::of)
      .filter(Files::isDirectory).findFirst().orElseThrow();

  private static String dockerfile() throws IOException {
    return Files.readString(FOLDER.resolve("Dockerfile"));
  }

  @Test
  void the_dockerfile_keeps_every_rule() throws IOException {
    assertThat(DockerfileRules.broken(dockerfile())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "USER 65532:65532 | USER root | no root",
      "USER 65532:65532 | USER app | a number",
      "USER 65532:65532 | USER 0:0 | no root",
      "ENTRYPOINT [\"/opt/java/runtime/bin/java\", | ENTRYPOINT /opt/java/runtime/bin/java | exec form",
      "STOPSIGNAL SIGTERM | STOPSIGNAL SIGKILL | begins the drain",
      "ARG BASE=debian:13-slim | ARG BASE=debian | with a version",
      "ARG BASE=debian:13-slim | ARG BASE=debian:latest | with a version",
      "ARG POSTGRES=postgres:18 | ARG POSTGRES=registry.example:5000/postgres:18 | without a registry",
      "COPY ${APP}/target/*-app.jar /app/app.jar | ADD https://example.com/app.jar /app/app.jar | nothing is fetched",
      "FROM ${JDK} AS jlink | FROM ${JDK} AS build | in this order",
      "WORKDIR /app | RUN mkdir /data | needs no shell",
      "WORKDIR /app | COPY --from=jars /app/ /app/ | after USER",
      "COPY --from=train /app/ /app/ | COPY --chown=65532 --from=train /app/ /app/ | --chown",
      "COPY --from=train /app/ /app/ | COPY --from=jars /app/ /app/ | with their times",
      "org.opencontainers.image.revision= | revision= | image.revision",
      "CMD [\"/opt/java/runtime/bin/java\", | CMD curl -f http://localhost:9080/health/ready \\ | without a shell",
      "\"@/app/jvm.options\", | \"-XX:+UseG1GC\", | same java",
      "\"-jar\", \"/app/app.jar\"] | \"-jar\", \"/opt/app.jar\"] | same java",
      "COPY --from=train /tmp/app.aot | COPY --from=train /tmp/other.aot | what training has left",
      "\"-XX:AOTCache=/app/app.aot\", | '' | what training has left",
  })
  void a_broken_copy_is_caught(String rule, String otherwise, String words) throws IOException {
    String whole = dockerfile();
    assertThat(whole).contains(rule);
    List<String> broken = DockerfileRules.broken(whole.replace(rule, otherwise));
    assertThat(broken).as("%s instead of %s", otherwise, rule).anySatisfy(told -> assertThat(told).contains(words));
  }

  @Test
  void the_engine_is_sent_only_what_an_image_is_made_from() throws IOException {
    Path ignore = FOLDER.resolve("../../.dockerignore").normalize();
    List<String> lines =
        Files.readAllLines(ignore).stream().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    assertThat(lines.getFirst()).isEqualTo("*");
    assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("!"))
        .containsExactlyInAnyOrder("!deploy-templates/docker", "!starter-app/target/lib", "!starter-app/target/*-app.jar");
  }
}
