package dev.scalable.deploy.compose;

import dev.scalable.deploy.kubernetes.Finding;
import dev.scalable.deploy.kubernetes.Mistake;
import dev.scalable.deploy.kubernetes.Node;
import dev.scalable.deploy.kubernetes.YamlFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** compose.yaml of a folder as Compose reads it where no variable is set: merged, and with the defaults of variables. */
public final class ComposeFile {

  private static final Path NAME = Path.of("compose", "compose.yaml");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z_]+:-([^}]*)}");
  private static final Pattern SPAN = Pattern.compile("\\d+s");

  private final Path templates;
  private final Node.Mapping document;

  private ComposeFile(Path templates, Node.Mapping document) {
    this.templates = templates;
    this.document = document;
  }

  /**
   * Reads {@code compose/compose.yaml} below {@code templates}.
   *
   * @throws Mistake if it is no YAML, has a key twice, or a word that YAML 1.1 takes for something else
   */
  public static ComposeFile read(Path templates) {
    return new ComposeFile(templates, (Node.Mapping) resolved(YamlFile.documents(templates, NAME).getFirst()));
  }

  private static Node resolved(Node node) {
    return switch (node) {
      case Node.Scalar scalar ->
          scalar.value() instanceof String text ? new Node.Scalar(scalar.place(), value(text)) : scalar;
      case Node.Sequence list -> new Node.Sequence(list.place(),
          new ArrayList<>(list.items().stream().map(ComposeFile::resolved).toList()));
      case Node.Mapping map -> {
        Node.Mapping all = new Node.Mapping(map.place());
        map.at("<<").ifPresent(merged -> all.entries().putAll(((Node.Mapping) resolved(merged)).entries()));
        map.entries().forEach((key, value) -> {
          if (!key.equals("<<")) {
            all.entries().put(key, resolved(value));
          }
        });
        yield all;
      }
    };
  }

  private static String value(String text) {
    return VARIABLE.matcher(text).replaceAll("$1").replace("$$", "$");
  }

  Path templates() {
    return templates;
  }

  Node.Mapping document() {
    return document;
  }

  /** The services by their names. */
  Map<String, Node> services() {
    return document.at("services").map(node -> ((Node.Mapping) node).entries()).orElse(new LinkedHashMap<>());
  }

  /** What stands at a path below a service. */
  public Optional<String> text(String service, String... path) {
    return Optional.ofNullable(services().get(service)).flatMap(node -> node.text(path));
  }

  /** The environment of a service. */
  public Map<String, String> environment(String service) {
    return Optional.ofNullable(services().get(service)).map(node -> node.texts("environment")).orElse(Map.of());
  }

  /** The words of a list of a service, such as its command. */
  public List<String> words(String service, String list) {
    return Optional.ofNullable(services().get(service)).stream().flatMap(node -> node.items(list).stream())
        .map(item -> item.text().orElse("")).toList();
  }

  /** Seconds of a service's grace period. */
  public int grace(String service) {
    String grace = text(service, "stop_grace_period").orElse("10s");
    if (!SPAN.matcher(grace).matches()) {
      throw new IllegalArgumentException(service + " has a stop_grace_period that is not whole seconds: " + grace);
    }
    return Integer.parseInt(grace.substring(0, grace.length() - 1));
  }

  /** Something wrong at a path, where it was written. */
  Finding finding(String message, String... path) {
    return new Finding(document.placeOf(path), message);
  }
}
