package dev.scalable.deploy.kubernetes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Network policies let through what the service needs, and nothing of what they are there to keep out. */
final class Network implements Check {

  private static final Peer DNS = Peer.elsewhere("kube-system", Map.of("k8s-app", "kube-dns"));
  private static final Peer GATEWAY = Peer.elsewhere("gateway-system", Map.of());
  private static final Peer PROMETHEUS = Peer.elsewhere("monitoring", Map.of());
  private static final Peer OPERATOR = Peer.elsewhere("cnpg-system", Map.of());
  private static final Peer STRANGER = Peer.elsewhere("another-namespace", Map.of());

  @Override
  public List<Finding> of(Manifests manifests) {
    List<Resource> policies = manifests.of("NetworkPolicy").toList();
    if (policies.isEmpty()) {
      return List.of();
    }
    String namespace = manifests.app().namespace();
    Flows flows = new Flows(policies, namespace, new Findings());
    policies.stream().flatMap(policy -> policy.document().all()).flatMap(node -> node.at("matchExpressions").stream())
        .forEach(node -> flows.findings.add(node.place(), "labels are judged here, and no expressions: matchLabels"));
    Map<String, Peer> peers = new HashMap<>();
    manifests.workloads().forEach(workload -> peers.put(workload.resource().name(), peer(workload, namespace)));
    manifests.of("Cluster").forEach(cluster -> peers.put("db", new Peer(cluster.toString(), namespace,
        Map.of("cnpg.io/cluster", cluster.name()), Map.of())));
    manifests.of("Pooler").forEach(pooler -> peers.put("pooler", new Peer(pooler.toString(), namespace,
        Map.of("cnpg.io/poolerName", pooler.name()), Map.of())));
    Peer app = peer(manifests.app(), namespace);
    int http = app.ports().getOrDefault("http", 0);
    Optional<Peer> nginx = Optional.ofNullable(peers.get("app-nginx"));
    Optional<Peer> db = Optional.ofNullable(peers.get("db"));
    Optional<Peer> pooler = Optional.ofNullable(peers.get("pooler"));
    Optional<Peer> migrate = Optional.ofNullable(peers.get("app-migrate"));

    flows.needed(PROMETHEUS, app, app.ports().getOrDefault("health", 0));
    Optional.ofNullable(peers.get("app-redis")).ifPresent(redis -> {
      flows.needed(app, redis, 6379);
      flows.kept(STRANGER, redis, 6379);
    });
    pooler.or(() -> db).ifPresent(database -> flows.needed(app, database, 5432));
    db.ifPresent(database -> {
      migrate.ifPresent(step -> flows.needed(step, database, 5432));
      flows.needed(database, database, 5432);
      flows.needed(OPERATOR, database, 8000);
      flows.kept(STRANGER, database, 5432);
      pooler.ifPresent(through -> flows.needed(through, database, 5432));
    });
    nginx.ifPresentOrElse(front -> {
      flows.needed(GATEWAY, front, front.ports().getOrDefault("http", 0));
      flows.needed(front, app, http);
      flows.needed(front, DNS, 53);
      flows.kept(STRANGER, front, front.ports().getOrDefault("status", 0));
      // Believed in X-Forwarded-For, so nobody but Nginx may connect.
      flows.kept(GATEWAY, app, http);
    }, () -> flows.needed(GATEWAY, app, http));
    Stream.concat(Stream.of(app), migrate.stream()).forEach(pod -> flows.needed(pod, DNS, 53));
    flows.kept(STRANGER, app, http);
    flows.kept(STRANGER, app, app.ports().getOrDefault("health", 0));
    flows.kept(app, STRANGER, 443);
    return flows.findings.all();
  }

  private static Peer peer(Workload workload, String namespace) {
    Map<String, Integer> ports = new HashMap<>();
    workload.container().items("ports").forEach(port -> port.number("containerPort")
        .ifPresent(number -> ports.put(port.text("name").orElse(number.toString()), number)));
    return new Peer(workload.toString(), namespace, workload.labels(), ports);
  }

  /** Connections, judged by the policies of one namespace. */
  private record Flows(List<Resource> policies, String namespace, Findings findings) {

    void needed(Peer from, Peer to, int port) {
      needed(from, to, port, "egress", from, to);
      needed(from, to, port, "ingress", to, from);
    }

    void kept(Peer from, Peer to, int port) {
      if (allowed("egress", from, to, port, to) && allowed("ingress", to, from, port, to)) {
        findings.add(policies.getFirst().document().place(),
            "%s can connect to %s at %s, which no policy should let through", from, to, port);
      }
    }

    private void needed(Peer from, Peer to, int port, String direction, Peer guarded, Peer other) {
      if (!allowed(direction, guarded, other, port, to)) {
        Place place = governing(direction, guarded).getLast().document().placeOf("spec", direction);
        findings.add(place,
            "%s has to connect to %s at %s, and no %s of %s lets it", from, to, port, direction, guarded);
      }
    }

    /** The policies that say what a pod's connections in one direction may be; without any, all are let through. */
    private List<Resource> governing(String direction, Peer guarded) {
      if (!guarded.namespace().equals(namespace)) {
        return List.of();
      }
      return policies.stream().filter(policy -> policy.document().items("spec", "policyTypes").stream()
              .anyMatch(type -> type.text().orElse("").equalsIgnoreCase(direction)))
          .filter(policy -> guarded.labels().entrySet()
              .containsAll(policy.document().texts("spec", "podSelector", "matchLabels").entrySet()))
          .toList();
    }

    private boolean allowed(String direction, Peer guarded, Peer other, int port, Peer listener) {
      List<Resource> governing = governing(direction, guarded);
      String peers = direction.equals("egress") ? "to" : "from";
      return governing.isEmpty() || governing.stream()
          .flatMap(policy -> policy.document().items("spec", direction).stream())
          .anyMatch(rule -> peers(rule, peers, other) && ports(rule, port, listener));
    }

    private boolean peers(Node rule, String key, Peer other) {
      return rule.at(key).isEmpty() || rule.items(key).stream().anyMatch(peer -> {
        boolean own = other.namespace().equals(namespace);
        if (peer.at("ipBlock").isPresent()) {
          return !own;
        }
        Map<String, String> namespaceLabels = Map.of("kubernetes.io/metadata.name", other.namespace());
        return (peer.at("namespaceSelector").isEmpty() ? own : has(namespaceLabels, peer, "namespaceSelector"))
            && has(other.labels(), peer, "podSelector");
      });
    }

    private static boolean has(Map<String, String> labels, Node peer, String selector) {
      return labels.entrySet().containsAll(peer.texts(selector, "matchLabels").entrySet());
    }

    private static boolean ports(Node rule, int port, Peer listener) {
      return rule.at("ports").isEmpty() || rule.items("ports").stream().anyMatch(candidate -> {
        String named = candidate.text("port").orElse("");
        return named.equals(Integer.toString(port)) || listener.ports().getOrDefault(named, 0) == port;
      });
    }
  }
}
