package dev.scalable.testkit.cluster;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for, free of mistakes.
 *
 * @param port of the balancer, 0 for any
 * @param data where data is kept, or null to throw it away
 * @param keepRun whether the run directory outlives the cluster
 */
record ClusterSpec(AppSpec app, int instances, int maxInstances, int port, @Nullable Path data, boolean keepRun,
    Consumer<String> progress) {}
