package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** The warm-up of one run, by all its threads together. Thread-safe. */
final class WarmingUp {
  private final Run run;
  private final Plan plan;
  private final Steadiness steadiness = new Steadiness(System.nanoTime());
  private final LongAdder sent = new LongAdder();
  private final LongAdder losses = new LongAdder();

  WarmingUp(Run run, Plan plan) {
    this.run = run;
    this.plan = plan;
  }

  /** Sends one thread's share of the warm-up. */
  void warmUp(Sender sender, int number, int threads) {
    int requests = plan.warmUp().requests();
    int share = requests / threads + (number < requests % threads ? 1 : 0);
    Deck deck = new Deck(plan.warmUpMix(), number);
    String id = run.id() + "-warm-up";
    int sequence = 0;
    for (int round = 0; goesOn(sequence, share); round++) {
      Journey journey = new Journey(id, number, number + round);
      sequence += sender.send(deck.deal(), journey, sequence, -1, 0, this::done);
    }
  }

  /** How many requests were sent. */
  LongAdder sent() {
    return sent;
  }

  /** What was done until now, in one line; empty if nothing was. */
  String told() {
    if (sent.sum() == 0) {
      return "";
    }
    String what = plan.warmUp().untilSteady() ? steadiness.told(System.nanoTime()) : sent.sum() + " requests";
    return what + (losses.sum() == 0 ? "" : String.format(Locale.ROOT, ", %d of them not ok", losses.sum()));
  }

  /** How many were not answered well. */
  long losses() {
    return losses.sum();
  }

  private boolean goesOn(int done, int share) {
    return !run.stopped() && (plan.warmUp().untilSteady() ? !steadiness.reached(System.nanoTime()) : done < share);
  }

  private void done(Exchange exchange) {
    sent.increment();
    if (exchange.fate() != Fate.OK) {
      losses.increment();
    }
    if (plan.warmUp().untilSteady()) {
      steadiness.add(exchange.serviceTime().toNanos());
    }
  }
}
