package dev.scalable.deploy.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** deploy-templates as it is, and copies of it that a test may change. */
final class Templates {

  static final Path ROOT = dev.scalable.deploy.Templates.all();
  static final Path OVERLAYS = Path.of("kubernetes/overlays");

  private Templates() {}

  /** The folders below one, by name. */
  static List<Path> folders(Path below) throws IOException {
    try (Stream<Path> entries = Files.list(ROOT.resolve(below))) {
      return entries.filter(Files::isDirectory).map(folder -> below.resolve(folder.getFileName())).sorted().toList();
    }
  }

  /** Copies what kustomizations read. */
  static void copy(Path to) throws IOException {
    for (String part : List.of("kubernetes", "nginx")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(part))) {
        for (Path file : files.toList()) {
          Path target = to.resolve(ROOT.relativize(file));
          if (Files.isDirectory(file)) {
            Files.createDirectories(target);
          } else {
            Files.copy(file, target);
          }
        }
      }
    }
  }

  /** Adds an overlay with these components to a copy. */
  static Path overlay(Path copy, List<String> components) throws IOException {
    Path folder = Files.createDirectories(copy.resolve(OVERLAYS).resolve("tried"));
    StringBuilder text = new StringBuilder("""
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        namespace: app-tried
        resources: [../../base]
        images:
          - name: app
            newTag: "1"
        components:
        """);
    components.forEach(component -> text.append("  - ../../components/").append(component).append('\n'));
    Files.writeString(folder.resolve("kustomization.yaml"), text);
    return copy.relativize(folder);
  }
}
