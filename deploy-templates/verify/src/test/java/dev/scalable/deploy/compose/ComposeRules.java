package dev.scalable.deploy.compose;

import dev.scalable.deploy.kubernetes.Finding;
import dev.scalable.deploy.kubernetes.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What must hold of a compose file beyond fields and types: walls around services, secrets, order, networks, files. */
final class ComposeRules {

  private static final Pattern NAME = Pattern.compile("`((?:SCALABLE|STARTER)_[A-Z_]+|LOG_LEVEL)`");
  private static final Pattern SECRET = Pattern.compile("(?i).*(password|token|secret|credential|api_?key).*");
  /** Who keeps data, or passes it on, and is for instances alone. */
  private static final List<String> STORES = List.of("db", "redis", "pgbouncer");

  private final ComposeFile compose;
  private final Path reference;
  private final List<Finding> findings = new ArrayList<>();

  private ComposeRules(ComposeFile compose, Path reference) {
    this.compose = compose;
    this.reference = reference;
  }

  /**
   * What does not hold.
   *
   * @param reference docs/reference/configuration.md, which has all settings
   */
  static List<Finding> check(ComposeFile compose, Path reference) throws IOException {
    ComposeRules rules = new ComposeRules(compose, reference);
    for (Map.Entry<String, Node> service : compose.services().entrySet()) {
      rules.walls(service.getKey(), service.getValue());
      rules.order(service.getKey(), service.getValue());
      rules.secrets(service.getKey());
      rules.networks(service.getKey(), service.getValue());
      rules.files(service.getKey(), service.getValue());
      rules.settings(service.getKey());
    }
    rules.five();
    rules.role();
    return rules.findings;
  }

  private void find(String service, String message, String... path) {
    List<String> all = new ArrayList<>(List.of("services", service));
    all.addAll(List.of(path));
    findings.add(compose.finding(service + " " + message, all.toArray(String[]::new)));
  }

  /** What runs without a profile: as the origin has it, and the step before. */
  private void five() {
    List<String> always = compose.services().entrySet().stream()
        .filter(service -> service.getValue().items("profiles").isEmpty())
        .map(Map.Entry::getKey).sorted().toList();
    if (!always.equals(List.of("app", "db", "migrate", "nginx", "redis"))) {
      findings.add(compose.finding("without a profile run " + always, "services"));
    }
    int replicas = compose.text("app", "deploy", "replicas").map(Integer::valueOf).orElse(1);
    int most = Integer.parseInt(compose.environment("app").getOrDefault("SCALABLE_INSTANCES", "0"));
    if (replicas < 2 || replicas > most) {
      find("app", "has " + replicas + " replicas, not between 2 and SCALABLE_INSTANCES, which is " + most, "deploy",
          "replicas");
    }
  }

  /** Who finds a hole in an instance's SQL has what its role may: not the server, if that is no superuser. */
  private void role() {
    String superuser = compose.environment("db").getOrDefault("POSTGRES_USER", "postgres");
    if (superuser.equals(compose.environment("app").get("SCALABLE_DB_USER"))) {
      find("db", "has the role of instances for its superuser, " + superuser, "environment", "POSTGRES_USER");
    }
  }

  private void walls(String name, Node service) {
    if (!service.text("read_only").equals(Optional.of("true"))) {
      find(name, "can write to its root file system");
    }
    if (!compose.words(name, "cap_drop").equals(List.of("ALL"))) {
      find(name, "keeps capabilities: cap_drop is " + compose.words(name, "cap_drop"), "cap_drop");
    }
    if (!compose.words(name, "security_opt").contains("no-new-privileges:true")) {
      find(name, "may gain privileges: no-new-privileges is missing", "security_opt");
    }
    if (service.at("deploy", "resources", "limits").isEmpty()) {
      find(name, "has no limits, so it can take the whole machine", "deploy");
    }
    if (service.at("logging", "options", "max-size").isEmpty()) {
      find(name, "logs until the disk is full: no logging.options.max-size", "logging");
    }
    String restart = service.text("restart").orElse("no");
    if (!restart.equals(name.equals("migrate") ? "no" : "unless-stopped")) {
      find(name, "has restart: " + restart, "restart");
    }
    if (service.at("stop_grace_period").isEmpty() && !name.equals("migrate")) {
      find(name, "is killed 10 s after SIGTERM, as nobody has said when", "stop_grace_period");
    }
  }

  /** Who is waited for is there, and can be waited for. */
  private void order(String name, Node service) {
    Node.Mapping before = service.at("depends_on").map(node -> (Node.Mapping) node)
        .orElse(new Node.Mapping(service.place()));
    before.entries().forEach((other, how) -> {
      Node waitedFor = compose.services().get(other);
      if (waitedFor == null) {
        find(name, "waits for " + other + ", which is no service", "depends_on", other);
        return;
      }
      String condition = how.text("condition").orElse("");
      // The app's health check is in its image.
      if (condition.equals("service_healthy") && !other.equals("app")
          && waitedFor.at("healthcheck", "test").isEmpty()) {
        find(name, "waits for the health of " + other + ", which has no check", "depends_on", other);
      }
      if (!waitedFor.items("profiles").isEmpty() && service.items("profiles").isEmpty()
          && !how.text("required").equals(Optional.of("false"))) {
        find(name, "needs " + other + ", which only a profile starts", "depends_on", other);
      }
    });
    Map<String, String> wanted = switch (name) {
      case "nginx" -> Map.of("app", "service_healthy");
      case "app" -> Map.of("migrate", "service_completed_successfully", "db", "service_healthy");
      case "migrate" -> Map.of("db", "service_healthy");
      default -> Map.of();
    };
    wanted.forEach((other, condition) -> {
      if (!service.text("depends_on", other, "condition").equals(Optional.of(condition))) {
        find(name, "does not wait for " + other + " until " + condition, "depends_on", other);
      }
    });
  }

  private void secrets(String name) {
    Set<String> mounted = new LinkedHashSet<>(compose.words(name, "secrets"));
    for (String secret : mounted) {
      if (compose.document().at("secrets", secret).isEmpty()) {
        find(name, "has a secret " + secret + " that is none below secrets", "secrets");
      }
    }
    compose.environment(name).forEach((variable, value) -> {
      if (variable.endsWith("_FILE") && SECRET.matcher(variable).matches()) {
        if (!value.startsWith("/run/secrets/") || !mounted.contains(value.substring("/run/secrets/".length()))) {
          find(name, "reads " + variable + " from " + value + ", where no secret of it is", "environment", variable);
        }
      } else if (SECRET.matcher(variable).matches() || value.matches(".*://[^/@]+:[^/@]+@.*")) {
        find(name, "has a secret written down in " + variable, "environment", variable);
      }
    });
  }

  private void networks(String name, Node service) {
    List<String> in = new ArrayList<>(compose.words(name, "networks"));
    service.at("networks").filter(Node.Mapping.class::isInstance)
        .ifPresent(map -> in.addAll(((Node.Mapping) map).entries().keySet()));
    for (String network : in) {
      if (compose.document().at("networks", network).isEmpty()) {
        find(name, "is in the network " + network + ", which is none", "networks");
      }
      boolean internal = compose.document().text("networks", network, "internal").equals(Optional.of("true"));
      if (!internal && (STORES.contains(name) || name.equals("app") || name.equals("migrate"))) {
        find(name, "is in the network " + network + ", which is not internal", "networks");
      }
    }
    if (in.isEmpty() && service.at("network_mode").isEmpty()) {
      find(name, "is in the default network, with the world");
    }
    List<String> ports = compose.words(name, "ports");
    if (!ports.isEmpty() && service.items("profiles").isEmpty() && !name.equals("nginx")) {
      find(name, "publishes " + ports + ", and only nginx may", "ports");
    }
    for (String port : ports) {
      if (!port.startsWith("127.0.0.1:")) {
        find(name, "publishes " + port + " to everybody unless somebody says else", "ports");
      }
    }
    if (name.equals("nginx") && ports.stream().noneMatch(port -> port.endsWith(":8080"))) {
      find(name, "publishes " + ports + ", but listens on 8080", "ports");
    }
  }

  /** Files and folders beside the compose file are there, secrets excepted, which nobody ships. */
  private void files(String name, Node service) {
    for (Node volume : service.items("volumes")) {
      String source = volume.text().orElse("").replaceFirst(":.*", "");
      if (source.startsWith(".")) {
        if (!Files.exists(compose.templates().resolve("compose").resolve(source))) {
          find(name, "mounts " + source + ", which is not there", "volumes");
        }
        if (!volume.text().orElse("").endsWith(":ro")) {
          find(name, "may write to " + source, "volumes");
        }
      } else if (compose.document().at("volumes", source).isEmpty()) {
        find(name, "mounts the volume " + source + ", which is none", "volumes");
      }
    }
  }

  /** Every setting is one that somebody reads. */
  private void settings(String name) {
    Set<String> known = new LinkedHashSet<>();
    try {
      for (String line : Files.readAllLines(reference)) {
        Matcher setting = NAME.matcher(line);
        while (setting.find()) {
          known.add(setting.group(1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String variable : compose.environment(name).keySet()) {
      if (!variable.startsWith("POSTGRES_") && !known.contains(variable.replaceFirst("_FILE$", ""))) {
        find(name, "sets " + variable + ", which is no setting of docs/reference/configuration.md", "environment",
            variable);
      }
    }
  }
}
