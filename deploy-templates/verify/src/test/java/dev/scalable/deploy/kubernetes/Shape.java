package dev.scalable.deploy.kubernetes;

import java.util.ArrayList;
import java.util.List;

/** Each field exists, and has a value of its type. */
final class Shape implements Check {

  @Override
  public List<Finding> of(Manifests manifests) {
    // Whatever needs the experimental channel says so in its name, where it is picked.
    String channel = manifests.of("HTTPRoute").flatMap(route -> route.document().all())
        .anyMatch(node -> node.place().file().toString().contains("gateway-retries")) ? "experimental" : "standard";
    List<Finding> findings = new ArrayList<>();
    for (Resource resource : manifests.resources()) {
      findings.addAll(TypedModels.check(resource).or(() -> CustomResources.check(resource, channel)).orElseGet(() ->
          List.of(new Finding(resource.document().place(), "nothing is known of " + resource.apiVersion() + " "
              + resource.kind() + ": is it misspelt, or is its schema missing?"))));
    }
    return findings;
  }
}
