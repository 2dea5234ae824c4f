package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.history.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests one after the other, over connections of its own, and writes down what became of each. For one thread
 * at a time.
 */
final class Sender implements AutoCloseable {
  private static final Outcome OK = new Outcome.Ok();

  private final Run run;
  private final Plan plan;
  private final Map<Target, Connection> connections = new HashMap<>();
  private final Map<String, String> instanceNames = new HashMap<>();

  Sender(Run run, Plan plan) {
    this.run = run;
    this.plan = plan;
    plan.route().targets().forEach(target -> connections.put(target, new Connection(target)));
  }

  /** Connects now, as far as that is possible. */
  void connect() {
    connections.values().forEach(Connection::connect);
  }

  @Override
  public void close() {
    connections.values().forEach(Connection::close);
  }

  /**
   * Goes through a scenario, up to the first step that does not end well: what comes after one may need what it saved.
   *
   * @param from the sequence number of the first request
   * @param intended when the first request is due, in nanoseconds since the start of the run; negative for now
   * @param origin the start of the run
   * @param done is given each request when it has ended
   * @return the number of requests
   */
  int send(Scenario scenario, Journey journey, int from, long intended, long origin, Consumer<Exchange> done) {
    List<Step> steps = scenario.steps();
    for (int i = 0; i < steps.size(); i++) {
      Target target = plan.route().target(journey, i);
      Exchange exchange =
          exchange(steps.get(i), journey, from + i, i == 0 ? intended : -1, origin, connection(target));
      done.accept(exchange);
      if (exchange.fate() != Fate.OK || run.stopped()) {
        return i + 1;
      }
    }
    return steps.size();
  }

  private Connection connection(Target target) {
    return connections.computeIfAbsent(target, Connection::new);
  }

  private Exchange exchange(
      Step step, Journey journey, int sequence, long intended, long origin, Connection connection) {
    Exchange.Draft draft = Exchange.of(journey.run(), journey.user(), sequence);
    Call call;
    try {
      call = step.request().apply(journey);
    } catch (RuntimeException unmade) {
      Duration now = since(origin, System.nanoTime());
      return draft.request(step.name(), step.method(), step.path())
          .start(intended < 0 ? now : Duration.ofNanos(intended), now)
          .ended(now, new Outcome.Dropped("the request could not be made: " + unmade));
    }
    draft.request(step.name(), call.method(), call.path()).idempotencyKey(call.first("Idempotency-Key"));
    Duration start = since(origin, System.nanoTime());
    draft.start(intended < 0 ? start : Duration.ofNanos(intended), start);
    try {
      Answer answer = connection.send(call, Exchange.requestId(journey.run(), journey.user(), sequence));
      Duration end = since(origin, System.nanoTime());
      return draft.reused(connection.reused())
          .answered(since(origin, connection.firstByte()), instance(answer))
          .ended(end, judged(answer, step, journey));
    } catch (NoAnswerException none) {
      Duration end = since(origin, System.nanoTime());
      draft.reused(connection.reused());
      if (connection.firstByte() != 0) {
        draft.answered(since(origin, connection.firstByte()), null);
      }
      return draft.ended(end, none.outcome());
    }
  }

  private static Duration since(long origin, long nanoTime) {
    return Duration.ofNanos(nanoTime - origin);
  }

  private Outcome judged(Answer answer, Step step, Journey journey) {
    try {
      if (plan.check().test(answer)) {
        return saved(answer, step, journey);
      }
    } catch (RuntimeException | AssertionError broken) {
      return answer.status() / 100 == 2
          ? new Outcome.CheckFailed("the check threw " + broken + " on " + answer)
          : new Outcome.BadStatus(answer.status(), answer.fromBalancer());
    }
    return answer.status() / 100 == 2
        ? new Outcome.CheckFailed("the check refused " + answer)
        : new Outcome.BadStatus(answer.status(), answer.fromBalancer());
  }

  /** Keeps what later steps need; an answer without it is not what was asked for. */
  private static Outcome saved(Answer answer, Step step, Journey journey) {
    for (var wanted : step.saved().entrySet()) {
      Object value;
      try {
        value = wanted.getValue().apply(answer);
      } catch (RuntimeException broken) {
        return new Outcome.CheckFailed("nothing to save as '" + wanted.getKey() + "', " + broken + ", in " + answer);
      }
      if (value == null) {
        return new Outcome.CheckFailed("nothing to save as '" + wanted.getKey() + "' in " + answer);
      }
      journey.save(wanted.getKey(), value.toString());
    }
    return OK;
  }

  /** The same name is the same string, so that a long run keeps few of them. */
  private @Nullable String instance(Answer answer) {
    String name = answer.header(plan.instanceHeader()).orElse(null);
    return name == null ? null : instanceNames.computeIfAbsent(name, same -> same);
  }
}
