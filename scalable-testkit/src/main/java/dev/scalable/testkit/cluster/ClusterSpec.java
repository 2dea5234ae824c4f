package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.BackendProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for, free of mistakes.
 *
 * @param port of the balancer, 0 for any
 * @param data where data is kept, or null to throw it away
 * @param keepRun whether the run directory outlives the cluster
 * @param balancerTemplate replaces shipped files of the balancer's configuration
 * @param calibrated whether what the machine can do is measured before the first load
 * @param links whether faults can be injected between instances and stores
 */
record ClusterSpec(AppSpec app, Backend backend, int instances, int maxInstances, int port, @Nullable Path data,
    boolean keepRun, Map<String, String> balancerTemplate, boolean links, boolean calibrated,
    Consumer<String> progress) {
  /** What a backend is told of it. */
  BackendProvider.Request request() {
    return new BackendProvider.Request(app.program(), keepRun, data != null, balancerTemplate, progress);
  }
}
