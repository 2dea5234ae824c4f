package dev.scalable.deploy.kubernetes;

import java.nio.file.Path;
import java.util.List;

/** All of them. */
final class Checks {

  private static final List<Check> ALL = List.of(new Shape(), new Selectors(), new ReadSettings(), new Ending(),
      new Probes(),
      new Availability(), new Connections(), new Hardening(), new Network(), new Front());

  private Checks() {}

  /**
   * What is wrong with a kustomization; if it cannot be rendered, that alone.
   *
   * @param root deploy-templates, or a copy
   * @param folder relative to it
   */
  static List<Finding> of(Path root, Path folder) {
    try {
      Manifests manifests = Manifests.render(root, folder);
      return ALL.stream().flatMap(check -> check.of(manifests).stream()).distinct().toList();
    } catch (Mistake e) {
      return List.of(e.finding());
    }
  }
}
