package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Those who send the requests of an open model on time, however long the answers take.
 *
 * <p>They take turns (leader and followers: Schmidt et al., 2000). Whoever has the turn waits for the next arrival;
 * when it is due, the turn goes to another, and the first sends the request itself and waits for its answer, in its own
 * thread on its own connection. So nothing is handed from thread to thread between the scheduled moment and the send,
 * and no answer delays another request. There is always one more who can take the turn: when all others wait for
 * answers, one more is started, up to the number that may be in flight and one for the turn. An arrival that finds so
 * many in flight is dropped.
 */
final class OpenSenders implements Senders {
  /** Connected before the start; more connect when they are needed, in the time of their first request. */
  private static final int AT_START = 16;

  /** How long one who waits for an arrival may not see that the run is over. */
  private static final long GLANCE_NANOS = 20_000_000;

  private final Run run;
  private final Plan plan;
  private final OpenModel model;
  private final int atStart;
  private final CountDownLatch ready;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Queue<List<Exchange>> exchanges = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger alive = new AtomicInteger();

  /** Held by the one who waits for the next arrival; it guards the five below. */
  private final ReentrantLock turn = new ReentrantLock();
  private final Arrivals arrivals;
  private final Deck deck;
  private final List<Exchange> dropped = new ArrayList<>();
  private int arrived;
  private int started;

  OpenSenders(Run run, Plan plan, OpenModel model) {
    this.run = run;
    this.plan = plan;
    this.model = model;
    this.atStart = Math.min(AT_START, model.maxInFlight() + 1);
    this.ready = new CountDownLatch(atStart);
    this.arrivals = model.arrivals();
    this.deck = new Deck(plan.mix(), 0);
    exchanges.add(dropped);
  }

  @Override
  public void start() {
    alive.set(atStart);
    for (; started < atStart; started++) {
      int number = started;
      run.start(() -> work(number, true), "sender-" + number, false);
    }
  }

  @Override
  public CountDownLatch ready() {
    return ready;
  }

  @Override
  public CountDownLatch ended() {
    return ended;
  }

  @Override
  public Stream<Exchange> exchanges() {
    return exchanges.stream().flatMap(List::stream);
  }

  private void work(int number, boolean fromStart) {
    List<Exchange> own = new ArrayList<>();
    exchanges.add(own);
    try (Sender sender = new Sender(run, plan)) {
      if (fromStart) {
        run.warmingUp().warmUp(sender, number, atStart);
        sender.connect();
        ready.countDown();
      }
      long origin = run.awaitStart();
      for (Arrival arrival = next(); arrival != null; arrival = next()) {
        Journey journey = new Journey(run.id(), arrival.number(), arrival.number());
        sender.send(arrival.scenario(), journey, 0, arrival.due(), origin, exchange -> {
          own.add(exchange);
          run.count();
        });
        inFlight.decrementAndGet();
      }
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    } catch (Throwable broken) {
      run.fail("sender " + number + " broke", broken);
    } finally {
      ready.countDown();
      if (alive.decrementAndGet() == 0) {
        ended.countDown();
      }
    }
  }

  /** Takes the turn and waits until the next arrival is due; null if there is none. */
  private @Nullable Arrival next() {
    turn.lock();
    try {
      while (isDue(arrivals.due())) {
        Arrival arrival = new Arrival(arrived++, arrivals.due(), deck.deal());
        arrivals.next();
        if (inFlight.get() < model.maxInFlight()) {
          inFlight.incrementAndGet();
          haveOneToFollow();
          return arrival;
        }
        dropped.add(dropped(arrival));
        run.count();
      }
      return null;
    } finally {
      turn.unlock();
    }
  }

  /** Waits; false if the run is over before. */
  private boolean isDue(long due) {
    for (long wait = due - run.sinceStart(); ; wait = due - run.sinceStart()) {
      if (run.stopped() || !(run.heldByAction() || model.asksFor(due))) {
        return false;
      }
      if (wait <= 0) {
        return true;
      }
      LockSupport.parkNanos(Math.min(wait, GLANCE_NANOS));
    }
  }

  /** Starts one more unless somebody is free to take the turn, and one more who may have to soon after. */
  private void haveOneToFollow() {
    if (alive.get() - inFlight.get() < 2 && started <= model.maxInFlight()) {
      int number = started++;
      alive.incrementAndGet();
      run.start(() -> work(number, false), "sender-" + number, number >= Run.PLATFORM_THREADS);
    }
  }

  private Exchange dropped(Arrival arrival) {
    Step first = arrival.scenario().steps().getFirst();
    Duration now = Duration.ofNanos(run.sinceStart());
    return Exchange.of(run.id(), arrival.number(), 0)
        .request(first.name(), first.method(), first.path())
        .start(Duration.ofNanos(arrival.due()), now)
        .ended(now, new Outcome.Dropped(model.maxInFlight() + " requests were already in flight"));
  }

  /**
   * One who comes by the schedule.
   *
   * @param number how many came before
   * @param due when, in nanoseconds since the start
   */
  private record Arrival(int number, long due, Scenario scenario) {}
}
