package dev.scalable.deploy.kubernetes;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one kustomization gives the cluster.
 *
 * @param root deploy-templates, or a copy
 * @param folder the folder of its kustomization.yaml, relative to it
 * @param resources what was rendered
 */
record Manifests(Path root, Path folder, List<Resource> resources) {

  static Manifests render(Path root, Path folder) {
    return new Manifests(root, folder, Kustomization.render(root, folder));
  }

  Stream<Resource> of(String kind) {
    return resources.stream().filter(resource -> resource.kind().equals(kind));
  }

  Optional<Resource> one(String kind, String name) {
    return of(kind).filter(resource -> resource.name().equals(name)).findFirst();
  }

  /** Those that make pods. */
  Stream<Workload> workloads() {
    return resources.stream().flatMap(resource -> resource.podTemplate()
        .map(template -> new Workload(resource, template)).stream());
  }

  Optional<Workload> workload(String name) {
    return workloads().filter(workload -> workload.resource().name().equals(name)).findFirst();
  }

  /** The instances of the service. */
  Workload app() {
    return workload("app").orElseThrow(() -> new Mistake(Place.of(folder), "there is no workload called app"));
  }

  /** Whether a selector's {@code matchLabels}, or those of a service, choose a pod with these labels. */
  static boolean selects(Map<String, String> selector, Map<String, String> labels) {
    return !selector.isEmpty() && labels.entrySet().containsAll(selector.entrySet());
  }
}
