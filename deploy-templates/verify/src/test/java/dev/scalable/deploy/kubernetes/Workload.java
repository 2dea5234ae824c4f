package dev.scalable.deploy.kubernetes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Something that makes pods.
 *
 * @param template of its pods
 */
record Workload(Resource resource, Node template) {

  String namespace() {
    return resource.document().text("metadata", "namespace").orElse("default");
  }

  Map<String, String> labels() {
    return template.texts("metadata", "labels");
  }

  List<Node> containers() {
    return template.items("spec", "containers");
  }

  Node container() {
    return containers().getFirst();
  }

  /** Pods that there are, at least; a rollout adds to them. */
  int replicas() {
    return resource.document().number("spec", "replicas").orElse(1);
  }

  /** Pods that a rollout adds at most. */
  int surge() {
    return resource.document().number("spec", "strategy", "rollingUpdate", "maxSurge").orElse(0);
  }

  /** The number of a port of the first container, by name or as it is; empty if it has no such port. */
  Optional<Integer> port(String nameOrNumber) {
    return container().items("ports").stream()
        .filter(port -> port.text("name").orElse("").equals(nameOrNumber)
            || port.text("containerPort").orElse("").equals(nameOrNumber))
        .findFirst().flatMap(port -> port.number("containerPort"));
  }

  /**
   * The environment of the first container, each value with where it was written; those from secrets are left out.
   *
   * @param manifests with the config maps that it is taken from
   */
  Map<String, Node> environment(Manifests manifests) {
    Map<String, Node> environment = new LinkedHashMap<>();
    for (Node source : container().items("envFrom")) {
      source.text("configMapRef", "name").flatMap(name -> manifests.one("ConfigMap", name))
          .flatMap(configMap -> configMap.document().at("data"))
          .ifPresent(data -> environment.putAll(((Node.Mapping) data).entries()));
    }
    for (Node variable : container().items("env")) {
      String name = variable.text("name").orElse("");
      environment.remove(name);
      variable.at("value").ifPresent(value -> environment.put(name, value));
    }
    return environment;
  }

  /** Where a variable of the first container was written; where the container was if it has none of this name. */
  Place placeOf(String variable, Manifests manifests) {
    Node value = environment(manifests).get(variable);
    return value == null ? container().place() : value.place();
  }

  @Override
  public String toString() {
    return resource.toString();
  }
}
