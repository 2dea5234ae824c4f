package dev.scalable.deploy.kubernetes;

import java.util.List;
import java.util.Map;

/** Rollouts, drained nodes and the autoscaler leave enough instances. */
final class Availability implements Check {

  @Override
  public List<Finding> of(Manifests manifests) {
    Findings findings = new Findings();
    manifests.workloads().filter(workload -> List.of("app", "app-nginx").contains(workload.resource().name()))
        .forEach(workload -> rollout(workload, findings));
    manifests.of("PodDisruptionBudget").forEach(budget -> budget(budget, manifests, findings));
    manifests.of("HorizontalPodAutoscaler").forEach(scaler -> scaler(scaler, manifests, findings));
    manifests.of("Cluster").forEach(cluster -> replicas(cluster, findings));
    return findings.all();
  }

  /** Instances that there are at least, outside of rollouts. */
  static int least(Workload workload, Manifests manifests) {
    return manifests.of("HorizontalPodAutoscaler")
        .filter(scaler -> scaler.document().text("spec", "scaleTargetRef", "name").orElse("").equals(workload.resource()
            .name()))
        .findFirst().map(scaler -> scaler.document().number("spec", "minReplicas").orElse(1))
            .orElse(workload.replicas());
  }

  /** Instances that there are at most, in a rollout. */
  static int most(Workload workload, Manifests manifests) {
    return workload.surge() + manifests.of("HorizontalPodAutoscaler")
        .filter(scaler -> scaler.document().text("spec", "scaleTargetRef", "name").orElse("").equals(workload.resource()
            .name()))
        .findFirst().flatMap(scaler -> scaler.document().number("spec", "maxReplicas")).orElse(workload.replicas());
  }

  private static void rollout(Workload workload, Findings findings) {
    Node document = workload.resource().document();
    if (document.number("spec", "strategy", "rollingUpdate", "maxUnavailable").orElse(25) != 0) {
      findings.add(document.placeOf("spec", "strategy", "rollingUpdate", "maxUnavailable"),
          "a rollout of %s ends old pods before new ones are ready: maxUnavailable: 0", workload);
    }
    if (document.number("spec", "minReadySeconds").orElse(0) < 1) {
      findings.add(document.placeOf("spec"),
          "a rollout of %s goes on past pods that are ready for a moment: minReadySeconds", workload);
    }
    for (Node constraint : workload.template().items("spec", "topologySpreadConstraints")) {
      if (constraint.items("matchLabelKeys").stream().noneMatch(key -> key.text().orElse("")
          .equals("pod-template-hash"))) {
        findings.add(constraint.place(),
            "%s is spread with the pods of the version before: matchLabelKeys: [pod-template-hash]", workload);
      }
    }
  }

  private static void budget(Resource budget, Manifests manifests, Findings findings) {
    Map<String, String> selector = budget.document().texts("spec", "selector", "matchLabels");
    int mayBeAway = budget.document().number("spec", "maxUnavailable").orElse(0);
    manifests.workloads().filter(workload -> Manifests.selects(selector, workload.labels())).forEach(workload -> {
      int least = Availability.least(workload, manifests);
      if (mayBeAway < 1) {
        findings.add(budget.document().placeOf("spec"), "%s lets no node be drained: maxUnavailable: 1", budget);
      } else if (least <= mayBeAway) {
        findings.add(budget.document().placeOf("spec", "maxUnavailable"),
            "%s lets %s pods of %s be away, and there may be only %s", budget, mayBeAway, workload, least);
      }
    });
    if (!budget.document().text("spec", "unhealthyPodEvictionPolicy").orElse("").equals("AlwaysAllow")) {
      findings.add(budget.document().placeOf("spec"),
          "%s keeps a node from being drained for ever by a pod that never gets well: unhealthyPodEvictionPolicy: "
              + "AlwaysAllow", budget);
    }
  }

  /** With no spare replica every commit would wait while one is away. */
  private static void replicas(Resource cluster, Findings findings) {
    int instances = cluster.document().number("spec", "instances").orElse(1);
    int waitedFor = cluster.document().number("spec", "postgresql", "synchronous", "number").orElse(0);
    if (waitedFor > 0 && instances - 1 <= waitedFor) {
      findings.add(cluster.document().placeOf("spec", "postgresql", "synchronous", "number"),
          "%s waits for %s replicas at each commit, and has %s: one more, or a node that is drained stops all writes",
          cluster, waitedFor, instances - 1);
    }
  }

  private static void scaler(Resource scaler, Manifests manifests, Findings findings) {
    int min = scaler.document().number("spec", "minReplicas").orElse(1);
    int max = scaler.document().number("spec", "maxReplicas").orElse(0);
    if (min < 2 || max <= min) {
      findings.add(scaler.document().placeOf("spec", "minReplicas"),
          "%s scales from %s to %s: at least 2, and more at most", scaler, min, max);
    }
    manifests.workload(scaler.document().text("spec", "scaleTargetRef", "name").orElse(""))
        .filter(workload -> workload.container().text("resources", "requests", "cpu").isEmpty())
        .ifPresent(workload -> findings.add(workload.container().placeOf("resources"),
            "%s goes by a share of the cpu that %s requests, which is none", scaler, workload));
  }
}
