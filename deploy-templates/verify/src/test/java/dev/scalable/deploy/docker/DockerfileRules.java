package dev.scalable.deploy.docker;

import dev.scalable.deploy.docker.Dockerfile.Instruction;
import dev.scalable.deploy.docker.Dockerfile.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the Dockerfile must be. */
final class DockerfileRules {

  /** A name without a registry, a tag that is none that moves from version to version, and perhaps a digest. */
  private static final Pattern PINNED = Pattern.compile(
      "(?:[a-z0-9_-]+/)*[a-z0-9_-]+:(?!latest\\b)[A-Za-z0-9_.-]*\\d[A-Za-z0-9_.-]*(?:@sha256:[0-9a-f]{64})?");

  private static final Pattern ROOTLESS = Pattern.compile("[1-9]\\d{3,}:[1-9]\\d{3,}");

  private static final List<String> LABELS =
      List.of("title", "description", "licenses", "version", "revision", "source");

  private DockerfileRules() {}

  /** Every rule that a text breaks, in words; empty if it breaks none. */
  static List<String> broken(String text) {
    List<String> broken = new ArrayList<>();
    Dockerfile file = Dockerfile.parse(text);
    List<String> names = file.stages().stream().map(Stage::name).toList();
    if (!names.equals(List.of("jars", "jlink", "train", ""))) {
      broken.add("the stages are jars, jlink, train and the image, in this order: " + names);
      return broken;
    }
    for (Stage stage : file.stages()) {
      if (!stage.image().equals("scratch") && !PINNED.matcher(stage.image()).matches()) {
        broken.add("an image is named with a version, and without a registry: " + stage.image());
      }
      stage.all("ADD").forEach(
          add -> broken.add("files come by COPY, nothing is fetched or unpacked: ADD " + add.value()));
    }
    image(file.stages().getLast(), broken);
    same(file, broken);
    return broken;
  }

  private static void image(Stage image, List<String> broken) {
    List<Instruction> users = image.all("USER");
    if (users.isEmpty() || !ROOTLESS.matcher(users.getLast().value()).matches()) {
      broken.add("the user is no root, and a number, which an orchestrator can judge: " + users);
    }
    int user = image.instructions().indexOf(users.isEmpty() ? null : users.getLast());
    if (image.instructions().stream().skip(user + 1).anyMatch(later -> later.name().equals("COPY"))) {
      broken.add("what the app is made of belongs to root: a COPY stands after USER");
    }
    if (!image.all("RUN").isEmpty()) {
      broken.add("nothing runs in the image while it is made, so that it needs no shell: " + image.all("RUN"));
    }
    if (image.all("COPY").stream().anyMatch(copy -> copy.value().contains("--chown"))) {
      broken.add("what the app is made of belongs to root, not to the user: --chown");
    }
    List<Instruction> entry = image.all("ENTRYPOINT");
    if (entry.size() != 1 || !entry.getFirst().exec()) {
      broken.add("java is process 1 and hears SIGTERM: ENTRYPOINT in exec form: " + entry);
    }
    List<Instruction> health = image.all("HEALTHCHECK");
    if (health.size() != 1 || !health.getFirst().value().matches("(?s).* CMD \\[.*HealthProbe\"]")) {
      broken.add("the health check is a program of ours, without a shell: " + health);
    }
    if (!image.all("STOPSIGNAL").stream().map(Instruction::value).toList().equals(List.of("SIGTERM"))) {
      broken.add("SIGTERM begins the drain: " + image.all("STOPSIGNAL"));
    }
    String labels = image.all("LABEL").toString();
    LABELS.stream().filter(label -> !labels.contains("org.opencontainers.image." + label + "="))
        .forEach(label -> broken.add("a label says it: org.opencontainers.image." + label));
  }

  /** A cache is ignored, without a word, by a JVM that runs otherwise than the one which made it. */
  private static void same(Dockerfile file, List<String> broken) {
    Stage train = file.stages().get(2);
    Stage image = file.stages().get(3);
    String entry = image.all("ENTRYPOINT").toString();
    List<String> words = List.of(train.all("RUN").toString().split("[\\s\",\\[\\]]+"));
    int java = words.indexOf("/opt/java/runtime/bin/java");
    if (java < 0 || words.size() < java + 4) {
      broken.add("training runs the linked java: " + train.all("RUN"));
      return;
    }
    String options = words.get(java + 1);
    String jar = words.get(java + 2);
    if (!entry.contains("\"" + words.get(java) + "\", \"@" + options + "\",")
        || !entry.contains("\"-jar\", \"" + jar + "\"")) {
      broken.add("training and production have the same java, options and jar: " + options + ", " + jar + "; " + entry);
    }
    boolean kept = image.all("COPY").stream().map(Instruction::value).anyMatch(copy ->
        copy.equals("--from=train " + words.get(java + 3) + " /app/app.aot"));
    if (!kept || !entry.contains("\"-XX:AOTCache=/app/app.aot\"")) {
      broken.add("the image uses what training has left: " + entry);
    }
    if (image.all("COPY").stream().noneMatch(copy -> copy.value().equals("--from=train /app/ /app/"))) {
      broken.add("jars and options are those of training, with their times");
    }
  }
}
