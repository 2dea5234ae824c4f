package dev.scalable.testkit.history;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What happened to the nodes of an experiment, in order of time. Thread-safe: whoever does something to a node writes
 * it down here, whatever load runs meanwhile.
 */
public final class Timeline {
  private final long created = System.nanoTime();
  private final List<Event> events = new CopyOnWriteArrayList<>();

  /** Writes down that something happens now. */
  public void record(String node, String what) {
    synchronized (events) { // the order of the list is that of its times
      events.add(new Event(now(), node, what));
    }
  }

  /** Returns the time since this timeline was made, by the clock of the test's JVM. */
  public Duration now() {
    return Duration.ofNanos(System.nanoTime() - created);
  }

  /** Returns all events, their times counted from when this timeline was made. */
  public List<Event> events() {
    return List.copyOf(events);
  }

  /** Returns the events since a moment given as {@link #now()} was then, their times counted from it. */
  public List<Event> since(Duration moment) {
    return events.stream()
        .filter(event -> event.at().compareTo(moment) >= 0)
        .map(event -> new Event(event.at().minus(moment), event.node(), event.what()))
        .toList();
  }
}
