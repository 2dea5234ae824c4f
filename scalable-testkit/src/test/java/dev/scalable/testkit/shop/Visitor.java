package dev.scalable.testkit.shop;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.history.History;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.history.Recorder;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.NoAnswerException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One of several clients at the same time, whose requests and answers are written down. For one thread. */
final class Visitor implements AutoCloseable {
  private static final int LIMIT_SECONDS = 120;

  /** What each visitor does. */
  @FunctionalInterface
  interface Visit {
    void by(Visitor visitor) throws Exception;
  }

  private final int number;
  private final Recorder recorder;
  private final Client client;
  private final Random random;

  private Visitor(int number, Recorder recorder, URI uri) {
    this.number = number;
    this.recorder = recorder;
    this.client = Client.open(uri);
    this.random = new Random(number);
  }

  /** What so many visitors, who come through the balancer and begin together, did and saw. */
  static History visits(Cluster cluster, Recorder recorder, int visitors, Visit visit) throws Exception {
    CyclicBarrier together = new CyclicBarrier(visitors);
    try (ExecutorService threads = Executors.newFixedThreadPool(visitors)) {
      List<Future<?>> visits = new ArrayList<>();
      for (int i = 1; i <= visitors; i++) {
        int number = i;
        visits.add(threads.submit(() -> {
          try (Visitor visitor = new Visitor(number, recorder, cluster.uri())) {
            together.await(LIMIT_SECONDS, TimeUnit.SECONDS);
            visit.by(visitor);
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

  /** From 1. */
  int number() {
    return number;
  }

  String name() {
    return "visitor-" + number;
  }

  Recorder recorder() {
    return recorder;
  }

  /** The same numbers in every run. */
  Random random() {
    return random;
  }

  /** Sends what changes something; 409 is a refusal of it. */
  void changes(Recorder.Pending operation, Call call) {
    sends(operation, call, answer -> operation.ok());
  }

  /** Sends what reads something, or has something chosen: {@code seen} finds it in the answer. */
  void sees(Recorder.Pending operation, Call call, Function<Answer, @Nullable Object> seen) {
    sends(operation, call, answer -> operation.ok(seen.apply(answer)));
  }

  private void sends(Recorder.Pending operation, Call call, Function<Answer, ?> good) {
    try {
      Answer answer = client.send(call);
      if (answer.status() / 100 == 2) {
        good.apply(answer);
      } else {
        operation.unanswered(new Outcome.BadStatus(answer.status(), answer.header("X-Error-Source").isPresent()));
      }
    } catch (NoAnswerException none) {
      operation.unanswered(none.outcome());
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
