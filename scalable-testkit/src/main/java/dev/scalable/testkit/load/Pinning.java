package dev.scalable.testkit.load;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which instances requests are sent to directly, past the balancer. */
public final class Pinning {
  /** To none: all go through the balancer. */
  public static final Pinning NONE = new Pinning("");

  /**
   * Each step of a journey to another instance than the step before, in turn, and each journey begins with the next:
   * what one instance keeps to itself, the others do not know.
   */
  public static final Pinning ROTATE = new Pinning("");

  private final String instance;

  private Pinning(String instance) {
    this.instance = instance;
  }

  /** Returns the pinning of all requests to one instance. */
  public static Pinning to(String instanceId) {
    return new Pinning(instanceId);
  }

  /** Where the requests go; what is impossible is added to the mistakes. */
  Route route(Target balancer, Map<String, URI> direct, List<String> mistakes) {
    if (this == NONE) {
      return new Route(List.of(balancer));
    }
    Map<String, URI> byId = new TreeMap<>(direct);
    if (this == ROTATE) {
      if (byId.size() < 2) {
        mistakes.add("Pinning.ROTATE needs the addresses of two instances, pinnedTo(...) gave " + byId);
      }
      return new Route(byId.values().stream().map(balancer::at).toList());
    }
    URI uri = byId.get(instance);
    if (uri == null) {
      mistakes.add("Pinning.to(\"" + instance + "\") needs the address of that instance, pinnedTo(...) gave " + byId);
      return new Route(List.of(balancer));
    }
    return new Route(List.of(balancer.at(uri)));
  }
}
