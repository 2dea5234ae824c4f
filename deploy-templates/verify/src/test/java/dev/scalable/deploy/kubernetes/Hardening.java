package dev.scalable.deploy.kubernetes;

import java.util.List;
import java.util.Map;

/** Pods are what the Pod Security Standard "restricted" wants, and can write nothing but what is said. */
final class Hardening implements Check {

  private static final Map<String, String> POD = Map.of("securityContext.runAsNonRoot", "true",
      "securityContext.runAsUser", "65532",
      "securityContext.seccompProfile.type", "RuntimeDefault", "automountServiceAccountToken", "false",
          "enableServiceLinks", "false");
  private static final Map<String, String> CONTAINER = Map.of("securityContext.allowPrivilegeEscalation", "false",
      "securityContext.readOnlyRootFilesystem", "true", "securityContext.capabilities.drop.0", "ALL");

  @Override
  public List<Finding> of(Manifests manifests) {
    Findings findings = new Findings();
    manifests.workloads().forEach(workload -> {
      POD.forEach((path, value) -> is(workload, workload.template().at("spec").orElseThrow(), path, value, findings));
      workload.containers().forEach(container -> container(workload, container, findings));
    });
    manifests.of("Namespace").filter(namespace -> !namespace.document()
        .texts("metadata", "labels").getOrDefault("pod-security.kubernetes.io/enforce", "").equals("restricted"))
        .forEach(namespace -> findings.add(namespace.document().place(), "%s enforces no restricted pods", namespace));
    return findings.all();
  }

  private static void container(Workload workload, Node container, Findings findings) {
    CONTAINER.forEach((path, value) -> is(workload, container, path, value, findings));
    String requested = container.text("resources", "requests", "memory").orElse("nothing");
    String limit = container.text("resources", "limits", "memory").orElse("nothing");
    if (!requested.equals(limit) || limit.equals("nothing")) {
      findings.add(container.placeOf("resources"),
          "%s requests %s of memory and is limited to %s: a full node would end it", workload, requested, limit);
    }
    container.at("resources", "limits", "cpu").ifPresent(cpu -> findings.add(cpu.place(),
        "%s has a limit on cpu: it would be throttled while idle processors stand by", workload));
    String image = container.text("image").orElse("");
    if (!image.matches(".*(@sha256:[0-9a-f]{64}|:[^:/@]+)") || image.endsWith(":latest")) {
      findings.add(container.placeOf("image"), "%s runs the image %s of any version", workload, image);
    }
  }

  private static void is(Workload workload, Node node, String path, String value, Findings findings) {
    String[] steps = path.split("\\.");
    String actual = node.text(steps).orElse("not set");
    if (!actual.equals(value)) {
      findings.add(node.placeOf(steps), "%s: %s is %s, not %s", workload, path, actual, value);
    }
  }
}
