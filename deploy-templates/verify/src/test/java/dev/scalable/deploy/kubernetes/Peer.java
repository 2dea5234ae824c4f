package dev.scalable.deploy.kubernetes;

import java.util.Map;

/**
 * A pod, or a kind of them, that may connect or be connected to.
 *
 * @param name for messages
 * @param namespace its name
 * @param labels of the pod
 * @param ports that it listens on, by name
 */
record Peer(String name, String namespace, Map<String, String> labels, Map<String, Integer> ports) {

  static Peer elsewhere(String namespace, Map<String, String> labels) {
    return new Peer("a pod of " + namespace, namespace, labels, Map.of());
  }

  @Override
  public String toString() {
    return name;
  }
}
