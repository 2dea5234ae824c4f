package dev.scalable.deploy.relations;

import dev.scalable.deploy.systemd.UnitFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The template for Kubernetes, as its overlay prod puts it together. Read as text, number by number: that the files are what
 * Kubernetes takes is the matter of tests of their own.
 */
final class KubernetesTemplate {

  private static final Pattern COMPONENT = Pattern.compile("^ *- \\.\\./\\.\\./components/([a-z-]+)", Pattern.MULTILINE);
  private static final Pattern LITERAL = Pattern.compile("^ *- (SCALABLE_[A-Z_]+=\\S*)", Pattern.MULTILINE);
  private static final Pattern VARIABLE = Pattern.compile("^ *- name: (SCALABLE_[A-Z_]+)\\s+value: (\\S+)$", Pattern.MULTILINE);
  private static final Pattern PROBE = Pattern.compile("^ *path: (/\\S+)", Pattern.MULTILINE);
  private static final Pattern GRACE = number("terminationGracePeriodSeconds");
  private static final Pattern MOST = number("maxReplicas");
  private static final Pattern SURGE = number("maxSurge");
  private static final Pattern PORT = Pattern.compile("- name: http\\s+containerPort: (\\d+)");
  private static final Pattern PRE_STOP = Pattern.compile("preStop:\\s+sleep:\\s+seconds: (\\d+)");
  private static final Pattern CLIENTS = Pattern.compile("max_client_conn: \"(\\d+)\"");

  /** Kubernetes sets no limit; container engines leave a million. */
  private static final int DESCRIPTORS = 1_048_576;

  private KubernetesTemplate() {}

  private static Pattern number(String name) {
    return Pattern.compile("^ *" + name + ": (\\d+)", Pattern.MULTILINE);
  }

  static Deployment read(Path templates) throws IOException {
    Path folder = templates.resolve("kubernetes");
    Path prod = folder.resolve("overlays/prod");
    String deployment = Files.readString(folder.resolve("base/deployment.yaml"));
    Map<String, String> settings = new LinkedHashMap<>(environment(folder.resolve("base/settings.env")));
    for (MatchResult component : all(COMPONENT, Files.readString(prod.resolve("kustomization.yaml")))) {
      String own = Files.readString(folder.resolve("components").resolve(component.group(1)).resolve("kustomization.yaml"));
      settings.putAll(UnitFile.environment(all(LITERAL, own).stream().map(literal -> literal.group(1)).toList()));
    }
    settings.putAll(environment(prod.resolve("settings.env")));
    // Variables of the container win over those of the map of settings.
    all(VARIABLE, deployment).forEach(variable -> settings.put(variable.group(1), variable.group(2)));

    int most = one(MOST, Files.readString(folder.resolve("components/hpa/hpa.yaml"))) + one(SURGE, deployment);
    Front front = Front.read(templates.resolve("nginx"), folder.resolve("components/nginx/site"), prod);
    String instances = front.slots().getFirst().replaceFirst("\\d+$", "") + one(PORT, deployment);
    return new Deployment("kubernetes", Deployment.server(settings), Deployment.db(settings),
        Duration.ofSeconds(all(PRE_STOP, deployment).stream().mapToInt(found -> Integer.parseInt(found.group(1))).sum()),
        Duration.ofSeconds(one(GRACE, deployment)), List.of(instances),
        new TreeSet<>(all(PROBE, deployment).stream().map(probe -> probe.group(1)).toList()), most,
        one(CLIENTS, Files.readString(folder.resolve("components/pooler/pooler.yaml"))), DESCRIPTORS, Optional.of(front));
  }

  private static Map<String, String> environment(Path file) throws IOException {
    return UnitFile.environment(Files.readAllLines(file));
  }

  private static List<MatchResult> all(Pattern what, String text) {
    return what.matcher(text).results().toList();
  }

  private static int one(Pattern what, String text) {
    List<MatchResult> found = all(what, text);
    if (found.size() != 1) {
      throw new IllegalArgumentException("not once but " + found.size() + " times there: " + what);
    }
    return Integer.parseInt(found.getFirst().group(1));
  }
}
