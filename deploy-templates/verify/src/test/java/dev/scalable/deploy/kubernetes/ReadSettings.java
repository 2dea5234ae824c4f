package dev.scalable.deploy.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Each variable is a setting that somebody reads, with a value that the library takes; what is secret is a file that is
 * mounted.
 */
final class ReadSettings implements Check {

  /** Held against the code by a test of the module docs. */
  private static final Path REFERENCE = Path.of("../../docs/reference/configuration.md");
  private static final Pattern NAME = Pattern.compile("`((?:SCALABLE|STARTER)_[A-Z_]+|LOG_LEVEL)`");
  private static final Pattern SECRET = Pattern.compile("(?i).*(password|token|secret|credential|api_?key).*");
  /** Read by the launcher of Java. */
  private static final String JVM = "JDK_JAVA_OPTIONS";

  private final Set<String> names = new HashSet<>();
  private final Set<String> inFiles = new HashSet<>();

  ReadSettings() {
    try {
      for (String line : Files.readAllLines(REFERENCE)) {
        Matcher name = NAME.matcher(line);
        while (name.find()) {
          names.add(name.group(1));
          if (line.startsWith("| `" + name.group(1) + "`") && line.contains("or a file")) {
            inFiles.add(name.group(1) + "_FILE");
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Finding> of(Manifests manifests) {
    Findings findings = new Findings();
    Optional<String> image = manifests.app().container().text("image");
    List<Workload> ours = manifests.workloads().filter(workload -> workload.container().text("image").equals(image))
        .toList();
    for (Workload workload : ours) {
      Map<String, Node> environment = workload.environment(manifests);
      environment.forEach((name, value) -> variable(workload, name, value, findings));
      fromSecrets(workload, findings);
      if (environment.keySet().stream().anyMatch(name -> name.startsWith("SCALABLE_"))) {
        for (String mistake : Instance.of(workload, manifests).mistakes()) {
          Place place = environment.entrySet().stream().filter(entry -> mistake.startsWith(entry.getKey())).findFirst()
              .map(entry -> entry.getValue().place()).orElse(workload.container().place());
          findings.add(place, "%s: %s", workload, mistake);
        }
      }
    }
    return findings.all();
  }

  private void variable(Workload workload, String name, Node value, Findings findings) {
    if (!names.contains(name) && !inFiles.contains(name) && !name.equals(JVM)) {
      findings.add(value.place(), "%s sets %s, which is no setting of docs/reference/configuration.md", workload, name);
    } else if (name.endsWith("_FILE")) {
      String path = value.text().orElse("");
      if (secretFile(workload, path).isEmpty()) {
        findings.add(value.place(), "%s reads %s from %s, where no secret is mounted", workload, name, path);
      }
    } else if (SECRET.matcher(name).matches() || value.text().orElse("").matches(".*://[^/@]+:[^/@]+@.*")) {
      findings.add(value.place(), "%s has the secret %s written down: refer to a Secret", workload, name);
    }
  }

  private void fromSecrets(Workload workload, Findings findings) {
    for (Node variable : workload.container().items("env")) {
      String name = variable.text("name").orElse("");
      if (variable.at("valueFrom").isPresent() && !names.contains(name)) {
        findings.add(variable.place(),
            "%s sets %s, which is no setting of docs/reference/configuration.md", workload, name);
      }
    }
    for (Node mount : workload.container().items("volumeMounts")) {
      if (volume(workload, mount.text("name").orElse("")).isEmpty()) {
        findings.add(mount.placeOf("name"),
            "%s mounts %s, which is no volume of it", workload, mount.text("name").orElse("?"));
      }
    }
  }

  private static Optional<Node> volume(Workload workload, String name) {
    return workload.template().items("spec", "volumes").stream()
        .filter(volume -> volume.text("name").orElse("").equals(name)).findFirst();
  }

  /** The item of a secret that is mounted at a path. */
  private static Optional<Node> secretFile(Workload workload, String path) {
    for (Node mount : workload.container().items("volumeMounts")) {
      String folder = mount.text("mountPath").orElse("") + "/";
      if (path.startsWith(folder)) {
        return volume(workload, mount.text("name").orElse("")).stream()
            .flatMap(volume -> volume.items("secret", "items").stream())
            .filter(item -> item.text("path").orElse("").equals(path.substring(folder.length()))).findFirst();
      }
    }
    return Optional.empty();
  }
}
