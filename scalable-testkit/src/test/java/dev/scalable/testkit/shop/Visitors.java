package dev.scalable.testkit.shop;

import dev.scalable.testkit.check.RecordingClient;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Recorder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Several clients at the same time, whose requests and answers are written down. */
final class Visitors {
  private static final int LIMIT_SECONDS = 120;

  private Visitors() {}

  /** What a visitor does. */
  @FunctionalInterface
  interface Visit {
    void by(RecordingClient client, int visitor);
  }

  /** What so many visitors, numbered from 1, who come through the balancer and begin together, did and saw. */
  static History visit(Cluster cluster, int visitors, Visit visit) throws Exception {
    return visit(cluster, Recorder.start(), visitors, visit);
  }

  /** The same, written down by a recorder that knows how things were before. */
  static History visit(Cluster cluster, Recorder recorder, int visitors, Visit visit) throws Exception {
    CyclicBarrier together = new CyclicBarrier(visitors);
    try (ExecutorService threads = Executors.newFixedThreadPool(visitors)) {
      List<Future<?>> visits = new ArrayList<>();
      for (int i = 1; i <= visitors; i++) {
        int number = i;
        visits.add(threads.submit(() -> {
          try (RecordingClient client = RecordingClient.open(recorder, "visitor-" + number, cluster.uri())) {
            together.await(LIMIT_SECONDS, TimeUnit.SECONDS);
            visit.by(client, number);
          }
          return null;
        }));
      }
      for (Future<?> each : visits) {
        each.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      }
    }
    return recorder.history();
  }
}
