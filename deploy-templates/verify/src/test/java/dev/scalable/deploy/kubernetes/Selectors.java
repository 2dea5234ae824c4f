package dev.scalable.deploy.kubernetes;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whatever chooses pods by labels, or another resource by name, chooses some that there are. */
final class Selectors implements Check {

  @Override
  public List<Finding> of(Manifests manifests) {
    Findings findings = new Findings();
    for (Workload workload : manifests.workloads().toList()) {
      own(workload, findings);
      references(workload, manifests, findings);
    }
    manifests.of("PodDisruptionBudget").forEach(budget ->
        chosen(budget, budget.document().texts("spec", "selector", "matchLabels"), manifests, "selector", findings));
    manifests.of("Service").forEach(service -> service(service, manifests, findings));
    manifests.of("HTTPRoute").flatMap(route -> route.document().all())
        .flatMap(node -> node.items("backendRefs").stream())
        .forEach(backend -> backend(backend, backend.text("name"), backend.text("port"), manifests, findings));
    manifests.of("Ingress").flatMap(ingress -> ingress.document().all()).flatMap(node -> node.at("service").stream())
        .forEach(backend -> backend(backend, backend.text("name"),
            backend.text("port", "name").or(() -> backend.text("port", "number")), manifests, findings));
    manifests.of("HorizontalPodAutoscaler").forEach(scaler -> scaled(scaler, manifests, findings));
    manifests.of("ServiceMonitor").forEach(monitor -> monitored(monitor, manifests, findings));
    return findings.all();
  }

  private static void own(Workload workload, Findings findings) {
    Node document = workload.resource().document();
    Map<String, String> selector = document.texts("spec", "selector", "matchLabels");
    if (document.at("spec", "selector").isPresent() && !Manifests.selects(selector, workload.labels())) {
      findings.add(document.placeOf("spec", "selector", "matchLabels"),
          "%s selects %s, and its own pods have %s", workload, selector, workload.labels());
    }
    for (Node constraint : workload.template().items("spec", "topologySpreadConstraints")) {
      Map<String, String> spread = constraint.texts("labelSelector", "matchLabels");
      if (!Manifests.selects(spread, workload.labels())) {
        findings.add(constraint.place(), "%s is spread by %s, which its pods have not", workload, spread);
      }
    }
  }

  private static void references(Workload workload, Manifests manifests, Findings findings) {
    workload.template().all().forEach(node -> List.of("configMap", "configMapRef", "configMapKeyRef").forEach(key ->
        node.text(key, "name").filter(name -> manifests.one("ConfigMap", name).isEmpty()).ifPresent(name ->
            findings.add(node.placeOf(key, "name"),
                "%s refers to the ConfigMap %s, which there is not", workload, name))));
    workload.template().text("spec", "serviceAccountName")
        .filter(name -> manifests.one("ServiceAccount", name).isEmpty())
        .ifPresent(name -> findings.add(workload.template().placeOf("spec", "serviceAccountName"),
            "%s runs as the ServiceAccount %s, which there is not", workload, name));
  }

  private static void service(Resource service, Manifests manifests, Findings findings) {
    Map<String, String> selector = service.document().texts("spec", "selector");
    List<Workload> behind = chosen(service, selector, manifests, "selector", findings);
    for (Node port : service.document().items("spec", "ports")) {
      String target = port.text("targetPort").or(() -> port.text("port")).orElse("");
      for (Workload workload : behind) {
        if (workload.port(target).isEmpty()) {
          findings.add(port.placeOf("targetPort"),
              "%s sends to the port %s, which %s has not", service, target, workload);
        }
      }
    }
  }

  private static List<Workload> chosen(Resource by, Map<String, String> selector, Manifests manifests, String key,
      Findings findings) {
    List<Workload> chosen = manifests.workloads()
        .filter(workload -> Manifests.selects(selector, workload.labels())).toList();
    if (chosen.isEmpty()) {
      findings.add(by.document().placeOf("spec", key), "%s selects %s, which no pod has", by, selector);
    }
    return chosen;
  }

  private static void backend(Node backend, Optional<String> name, Optional<String> port, Manifests manifests,
      Findings findings) {
    Optional<Resource> service = name.flatMap(text -> manifests.one("Service", text));
    if (service.isEmpty()) {
      findings.add(backend.placeOf("name"), "leads to the Service %s, which there is not", name.orElse("?"));
    } else if (service.get().document().items("spec", "ports").stream().noneMatch(candidate ->
        candidate.text("port").equals(port) || candidate.text("name").equals(port))) {
      findings.add(backend.placeOf("port"), "%s has no port %s", service.get(), port.orElse("?"));
    }
  }

  private static void scaled(Resource scaler, Manifests manifests, Findings findings) {
    String kind = scaler.document().text("spec", "scaleTargetRef", "kind").orElse("");
    String name = scaler.document().text("spec", "scaleTargetRef", "name").orElse("");
    Optional<Resource> target = manifests.one(kind, name);
    if (target.isEmpty()) {
      findings.add(scaler.document().placeOf("spec", "scaleTargetRef"),
          "%s scales the %s %s, which there is not", scaler, kind, name);
    } else if (target.get().document().at("spec", "replicas").isPresent()) {
      findings.add(target.get().document().placeOf("spec", "replicas"),
          "%s has replicas, which each apply would set back from what %s has set", target.get(), scaler);
    }
  }

  private static void monitored(Resource monitor, Manifests manifests, Findings findings) {
    Map<String, String> selector = monitor.document().texts("spec", "selector", "matchLabels");
    List<Resource> services = manifests.of("Service")
        .filter(service -> Manifests.selects(selector, service.document().texts("metadata", "labels"))).toList();
    if (services.isEmpty()) {
      findings.add(monitor.document().placeOf("spec", "selector"),
          "%s selects %s, which no Service has", monitor, selector);
    }
    for (Node endpoint : monitor.document().items("spec", "endpoints")) {
      String port = endpoint.text("port").orElse("");
      if (services.stream().anyMatch(service -> service.document().items("spec", "ports").stream()
          .noneMatch(candidate -> candidate.text("name").orElse("").equals(port)))) {
        findings.add(endpoint.placeOf("port"), "%s asks at the port %s, which %s have not", monitor, port, services);
      }
    }
  }
}
