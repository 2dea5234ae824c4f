package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One user of a closed model: a thread that sends, waits for the answer and writes down what happened, over a
 * connection of its own. Its list belongs to it until its thread has ended.
 */
final class User implements Runnable {
  /** After a failed connect, so that a dead target costs some hundred refusals per second and not the whole machine. */
  private static final long PAUSE_AFTER_REFUSAL_NANOS = 10_000_000;

  private static final Outcome OK = new Outcome.Ok();

  private final Run run;
  private final Plan plan;
  private final int number;
  private final Connection connection;
  private final List<Exchange> exchanges = new ArrayList<>();
  private final Map<String, String> instanceNames = new HashMap<>();

  User(Run run, Plan plan, int number) {
    this.run = run;
    this.plan = plan;
    this.number = number;
    this.connection = new Connection(plan.target());
  }

  @Override
  public void run() {
    try (connection) {
      warmUp();
      connection.connect();
      long start = run.awaitStart();
      Deck deck = new Deck(plan.mix(), number);
      for (int sequence = 0; run.asksForMore(sequence); sequence++) {
        exchanges.add(exchange(deck.deal(), run.id(), sequence, start));
        run.count();
      }
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    } catch (Throwable broken) {
      run.fail("user " + number + " broke", broken);
    } finally {
      run.userEnded();
    }
  }

  /** What happened, in order of time; once the thread has ended. */
  List<Exchange> exchanges() {
    return exchanges;
  }

  private void warmUp() {
    int users = plan.model().users();
    int share = plan.warmUp().requests() / users + (number < plan.warmUp().requests() % users ? 1 : 0);
    Deck deck = new Deck(plan.warmUpMix(), number);
    for (int sequence = 0; sequence < share && !run.stopped(); sequence++) {
      Exchange exchange = exchange(deck.deal(), run.id() + "-warm-up", sequence, 0);
      run.warmUp(exchange);
    }
  }

  private Exchange exchange(RequestTemplate template, String runId, int sequence, long origin) {
    Call call;
    try {
      call = template.next();
    } catch (RuntimeException unmade) {
      long now = System.nanoTime() - origin;
      return new Exchange(runId, number, sequence, template.method(), now, now, now, false, null,
          new Outcome.Dropped("the request could not be made: " + unmade));
    }
    long start = System.nanoTime();
    try {
      Answer answer = connection.send(call, Exchange.requestId(runId, number, sequence));
      long end = System.nanoTime();
      return new Exchange(runId, number, sequence, template.method(), start - origin, connection.firstByte() - origin,
          end - origin, connection.reused(), instance(answer), judged(answer));
    } catch (NoAnswerException none) {
      long end = System.nanoTime();
      long firstByte = connection.firstByte() == 0 ? end : connection.firstByte();
      if (none.outcome() instanceof Outcome.Refused || none.outcome() instanceof Outcome.ConnectTimeout) {
        LockSupport.parkNanos(PAUSE_AFTER_REFUSAL_NANOS);
      }
      return new Exchange(runId, number, sequence, template.method(), start - origin, firstByte - origin, end - origin,
          connection.reused(), null, none.outcome());
    }
  }

  private Outcome judged(Answer answer) {
    try {
      if (plan.check().test(answer)) {
        return OK;
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

  /** The same name is the same string, so that a long run keeps few of them. */
  private @Nullable String instance(Answer answer) {
    String name = answer.header(plan.instanceHeader()).orElse(null);
    return name == null ? null : instanceNames.computeIfAbsent(name, same -> same);
  }
}
