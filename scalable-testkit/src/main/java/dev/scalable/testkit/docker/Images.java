package dev.scalable.testkit.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.scalable.testkit.backend.Program;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.ImageNameSubstitutor;

/**
 * The images that a cluster is made of. Each has the entry contract of the official image of that name, and another can
 * be named for it by the system property {@code scalable.testkit.image.NAME} or the environment's {@code
 * SCALABLE_TESTKIT_IMAGE_NAME}, NAME being one of postgres, redis, nginx and java.
 *
 * @param java the same Java version as that of this JVM, as what it compiled may need it
 */
record Images(String postgres, String redis, String nginx, String java) {
  private static final Duration PULL_LIMIT = Duration.ofSeconds(20);

  /** What could not be pulled by this JVM, and why: it is not tried again for each cluster. */
  private static final Map<String, String> REFUSED = new ConcurrentHashMap<>();

  static Images configured() {
    return new Images(
        configured("postgres", "postgres:18"),
        configured("redis", "valkey/valkey:9"),
        configured("nginx", "nginx:1.30"),
        configured("java", "eclipse-temurin:" + Runtime.version().feature() + "-jre"));
  }

  private static String configured(String name, String standard) {
    String variable = "SCALABLE_TESTKIT_IMAGE_" + name.toUpperCase(Locale.ROOT);
    String said = System.getProperty("scalable.testkit.image." + name, System.getenv().getOrDefault(variable, ""));
    // As for every image of Testcontainers, a name of its settings may stand for a registry of the user's own.
    DockerImageName image = DockerImageName.parse(said.isBlank() ? standard : said.strip());
    return ImageNameSubstitutor.instance().apply(image).asCanonicalNameString();
  }

  /** Why an image that is needed for {@code program} is not here and cannot be pulled in time; empty if all are here. */
  Optional<String> obstacle(Program program, Consumer<String> progress) {
    DockerClient client = DockerClientFactory.instance().client();
    List<String> missing = needed(program).stream().filter(image -> !isHere(client, image)).toList();
    for (String image : missing) {
      progress.accept("pulling the image " + image);
      String refused = REFUSED.computeIfAbsent(image, Images::pull);
      if (!refused.isEmpty()) {
        return Optional.of("the image " + image + " is not here and was not pulled (" + refused + "); missing: " + missing
            + ". Pull them before, or name others by SCALABLE_TESTKIT_IMAGE_...");
      }
      REFUSED.remove(image);
    }
    return Optional.empty();
  }

  private List<String> needed(Program program) {
    List<String> images = new ArrayList<>(List.of(postgres, redis, nginx));
    images.add(program instanceof Program.Image image ? image.name() : java);
    return images;
  }

  private static boolean isHere(DockerClient client, String image) {
    try {
      client.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  /** Empty if it was pulled. */
  private static String pull(String image) {
    return Limited.attempt(PULL_LIMIT, () -> new RemoteDockerImage(DockerImageName.parse(image)).get()).orElse("");
  }

  @Override
  public String toString() {
    return String.join(", ", postgres, redis, nginx, java);
  }
}
