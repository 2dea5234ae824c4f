package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * One user of a closed model: a thread that sends, waits for the answer and goes on. Its list belongs to it until its
 * thread has ended.
 */
final class User implements Runnable {
  /** After a failed connect, so that a dead target costs some hundred refusals per second and not the whole machine. */
  private static final long PAUSE_AFTER_REFUSAL_NANOS = 10_000_000;

  /** How long a waiting user may not see that the run is over. */
  private static final long GLANCE_NANOS = 20_000_000;

  private final Run run;
  private final Plan plan;
  private final ClosedModel model;
  private final int number;
  private final ClosedSenders all;
  private final Sender sender;
  private final List<Exchange> exchanges = new ArrayList<>();

  User(Run run, Plan plan, ClosedModel model, int number, ClosedSenders all) {
    this.run = run;
    this.plan = plan;
    this.model = model;
    this.number = number;
    this.all = all;
    this.sender = new Sender(run, plan);
  }

  @Override
  public void run() {
    try (sender) {
      run.warmingUp().warmUp(sender, number, model.users());
      sender.connect();
      all.userIsReady();
      send(run.awaitStart());
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    } catch (Throwable broken) {
      run.fail(this + " broke", broken);
    } finally {
      all.userIsReady();
      all.userEnded();
    }
  }

  /** What happened, in order of time; once the thread has ended. */
  List<Exchange> exchanges() {
    return exchanges;
  }

  private void send(long origin) {
    Deck deck = new Deck(plan.mix(), number);
    int sequence = 0;
    for (int round = 0; asksForMore(round); round++) {
      long due = model.paceNanos() == 0 ? -1 : round * model.paceNanos();
      if (!isDue(due, round)) {
        return;
      }
      Journey journey = new Journey(run.id(), number, number + round);
      sequence += sender.send(deck.deal(), journey, sequence, due, origin, this::done);
    }
  }

  private boolean asksForMore(int round) {
    // What was due in time is sent, however late it is: leaving it out would hide that it is.
    long at = model.paceNanos() == 0 ? run.sinceStart() : round * model.paceNanos();
    return !run.stopped() && (run.heldAt(at) || model.asksForMore(round, at));
  }

  /** Waits for the time of a round; false if the run is over before. */
  private boolean isDue(long due, int round) {
    for (long wait = due - run.sinceStart(); wait > 0; wait = due - run.sinceStart()) {
      if (!asksForMore(round)) {
        return false;
      }
      LockSupport.parkNanos(Math.min(wait, GLANCE_NANOS));
    }
    return true;
  }

  private void done(Exchange exchange) {
    exchanges.add(exchange);
    run.count();
    if (exchange.outcome() instanceof Outcome.Refused || exchange.outcome() instanceof Outcome.ConnectTimeout) {
      LockSupport.parkNanos(PAUSE_AFTER_REFUSAL_NANOS);
    }
  }

  /** Its name in messages. */
  @Override
  public String toString() {
    return "user-" + number;
  }
}
