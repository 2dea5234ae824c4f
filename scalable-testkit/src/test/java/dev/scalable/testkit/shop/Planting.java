package dev.scalable.testkit.shop;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How a bug gets into a running cluster. */
@FunctionalInterface
interface Planting {
  /** Puts it there; closing what is returned takes it out, with all that it has spoilt in the memory of instances. */
  AutoCloseable into(Cluster cluster) throws Exception;

  /** Of the app, at every instance. */
  static Planting everywhere(Bug bug) {
    return cluster -> {
      cluster.instances().forEach(instance -> become(instance, bug));
      return () -> cluster.instances().forEach(Planting::become);
    };
  }

  /** Of the app, at one instance. */
  static Planting at(int instance, Bug bug) {
    return cluster -> {
      become(cluster.instance(instance), bug);
      return () -> become(cluster.instance(instance));
    };
  }

  /** Of the balancer: other lines, by their file and their beginning. */
  static Planting inNginx(Map<String, Map<String, String>> linesByFile) {
    return cluster -> AlteredNginx.replacing(cluster, linesByFile);
  }

  private static void become(Instance instance, Bug... bugs) {
    String labels = Arrays.stream(bugs).map(Bug::label).collect(Collectors.joining(","));
    try (Client client = Client.open(instance.uri())) {
      Call call = Call.of("PUT", "/bugs").body("text/plain", labels.getBytes(StandardCharsets.US_ASCII));
      Answer answer = client.send(call);
      if (answer.status() != 204) {
        throw new IllegalStateException(instance + " does not become " + List.of(bugs) + ": " + answer);
      }
    }
  }
}
