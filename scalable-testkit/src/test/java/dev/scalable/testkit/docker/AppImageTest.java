package dev.scalable.testkit.docker;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.rate;
import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.Program;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.TinyApp;
import dev.scalable.testkit.load.LoadResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An app that comes as an image, as it would from a build server: nothing of this JVM's class path is in it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AppImageTest {
  private static final String IMAGE = "scalable-testkit/tiny-app:test";

  private Cluster cluster; // from start() to end()

  @BeforeAll void start(@TempDir Path context) throws IOException {
    assumeUsable();
    String file = TinyApp.class.getName().replace('.', '/') + ".class";
    try (InputStream compiled = Objects.requireNonNull(TinyApp.class.getResourceAsStream("/" + file))) {
      Path copy = context.resolve("app").resolve(file);
      Files.createDirectories(Objects.requireNonNull(copy.getParent()));
      Files.copy(compiled, copy);
    }
    Files.writeString(context.resolve("Dockerfile"), """
        FROM %s
        COPY app /app
        ENTRYPOINT ["java", "-Xmx64m", "-Dtiny.flag=of-the-image", "-cp", "/app", "%s"]
        """.formatted(Images.configured().java(), TinyApp.class.getName()));
    Engine.connect().client().buildImageCmd(context.toFile()).withTags(Set.of(IMAGE))
        .exec(new BuildImageResultCallback()).awaitImageId();
    AppSpec app = AppSpec.image(IMAGE).args("said", "of ${INSTANCES}").readiness("/ready").instanceHeader("X-Tiny")
        .env("TINY_ID", "${INSTANCE_ID}").env("TINY_HOST", "${HOST}").env("TINY_PORT", "${PORT}");
    cluster = Cluster.builder().backend(Backend.DOCKER).app(app).instances(2).progress(System.out::println).start();
  }

  @AfterAll void end() {
    if (cluster != null) {
      cluster.close();
      Engine.connect().client().removeImageCmd(IMAGE).withForce(true).exec();
    }
  }

  @Test void its_entry_point_is_started_with_the_arguments_and_the_environment_of_an_instance() {
    assertThat(cluster.instance(2).log().lines())
        .contains("flag of-the-image, arguments [said, of 2]", "app-2 listens");
    DockerClient client = Engine.connect().client();
    List<String> images = client.listContainersCmd().withLabelFilter(
            Map.of("dev.scalable.testkit.run", String.valueOf(cluster.runDirectory().getFileName()))).exec().stream()
        .map(container -> container.getImage()).toList();
    assertThat(images).filteredOn(IMAGE::equals).hasSize(2);
  }

  @Test void nginx_deals_requests_out_to_its_instances() {
    assertThat(cluster.load().get("/").closed(users(10), iterations(20)).run())
        .allSucceeded().evenlyDistributed().servedBy("app-1", "app-2");
  }

  @Test void a_kill_loses_no_write_and_it_is_started_again_from_its_image() {
    cluster.restore();
    LoadResult result = cluster.load().post("/orders", () -> "{}").idempotencyKey()
        .open(rate(100).perSecond().during(Duration.ofSeconds(4)))
        .fault(at(Duration.ofSeconds(1)), "kill app-1", () -> cluster.instance(1).kill())
        .fault(at(Duration.ofSeconds(2)), "start app-1", () -> cluster.instance(1).start())
        .run();
    assertThat(result).lostNothing().requests(400);
    assertThat(cluster.load().get("/").closed(users(4), iterations(10)).run()).servedBy("app-1", "app-2");
  }

  private static void assumeUsable() {
    Optional<String> obstacle = new DockerBackend().obstacle(
        new BackendProvider.Request(new Program.MainClass("any"), false, false, Map.of(), System.out::println));
    boolean required = "docker".equals(System.getenv("SCALABLE_TESTKIT_REQUIRE"));
    assumeTrue(required || obstacle.isEmpty(), () -> obstacle.orElse(""));
  }
}
