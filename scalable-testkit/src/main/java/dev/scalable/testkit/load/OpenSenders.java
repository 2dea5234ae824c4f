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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Those who send the requests of an open model on time, however long the answers take.
 *
 * <p>Whoever is free takes the next arrival of the schedule, waits until it is due, sends the request itself and waits
 * for the answer, in its own thread on its own connection. So nothing is handed from thread to thread between the
 * scheduled moment and the send, and no answer delays another request. Somebody always waits for the arrival to come:
 * when nobody else is left who could, one more is started, up to the number that may be in flight and one. An arrival
 * that finds so many in flight is dropped.
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

  /** Guards the five below. */
  private final Object schedule = new Object();
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

  /** Waits until the next arrival is due that can be sent; null if there is none. */
  private @Nullable Arrival next() {
    for (Arrival arrival = take(); isDue(arrival.due()); arrival = take()) {
      if (inFlight.incrementAndGet() <= model.maxInFlight()) {
        haveOneToFollow();
        return arrival;
      }
      inFlight.decrementAndGet();
      drop(arrival);
    }
    return null;
  }

  private Arrival take() {
    synchronized (schedule) {
      Arrival arrival = new Arrival(arrived++, arrivals.due(), deck.deal());
      arrivals.next();
      return arrival;
    }
  }

  /** Waits; false if the run is over before. */
  private boolean isDue(long due) {
    while (!run.stopped() && (model.asksFor(due) || run.heldAt(due))) {
      long wait = due - run.sinceStart();
      if (wait <= 0) {
        return true;
      }
      LockSupport.parkNanos(Math.min(wait, GLANCE_NANOS));
    }
    return false;
  }

  /** Starts one more unless somebody waits for the arrival to come, and one more who may have to soon after. */
  private void haveOneToFollow() {
    if (alive.get() - inFlight.get() >= 2) {
      return;
    }
    synchronized (schedule) {
      if (started <= model.maxInFlight()) {
        int number = started++;
        alive.incrementAndGet();
        run.start(() -> work(number, false), "sender-" + number, number >= Run.PLATFORM_THREADS);
      }
    }
  }

  private void drop(Arrival arrival) {
    Exchange exchange = dropped(arrival);
    synchronized (schedule) {
      dropped.add(exchange);
    }
    run.count();
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
