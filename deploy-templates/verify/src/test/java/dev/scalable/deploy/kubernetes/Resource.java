package dev.scalable.deploy.kubernetes;

import java.util.Optional;
import java.util.Set;

/** A rendered resource, as the cluster would get it. */
record Resource(Node.Mapping document) {

  private static final Set<String> MAKE_PODS = Set.of("Deployment", "Job");

  String kind() {
    return document.text("kind").orElse("");
  }

  String apiVersion() {
    return document.text("apiVersion").orElse("");
  }

  String name() {
    return document.text("metadata", "name").orElse("");
  }

  boolean is(String kind, String name) {
    return kind().equals(kind) && name().equals(name);
  }

  /** The pods that it makes, where it is of a kind of Kubernetes' own that does. */
  Optional<Node> podTemplate() {
    return MAKE_PODS.contains(kind()) ? document.at("spec", "template") : Optional.empty();
  }

  @Override
  public String toString() {
    return kind() + " " + name();
  }
}
