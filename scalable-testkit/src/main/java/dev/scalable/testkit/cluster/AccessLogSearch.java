package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks for requests in an access log that may not be written to its end yet. For one thread. */
final class AccessLogSearch {
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** Nginx flushes every 200 ms; the rest is for a machine that has other work. */
  private static final long ANSWERED_NANOS = Duration.ofSeconds(5).toNanos();

  /** Nothing tells that a line will never come: ten times what a flush takes. */
  private static final long UNANSWERED_NANOS = Duration.ofSeconds(2).toNanos();

  private final AccessLogReader log;
  private final Set<String> wanted = new HashSet<>();
  private final Set<String> answered = new HashSet<>();
  private final Set<String> unanswered = new HashSet<>();
  private final List<AccessLogEntry> found = new ArrayList<>();

  AccessLogSearch(Path file, Collection<Exchange> exchanges) {
    this.log = new AccessLogReader(file);
    for (Exchange exchange : exchanges) {
      wanted.add(exchange.requestId());
      expect(exchange.requestId(), exchange.outcome());
    }
  }

  /** All entries of the requests that there are when nothing more is to be expected. */
  List<AccessLogEntry> find() {
    long begin = System.nanoTime();
    while (true) {
      long waited = System.nanoTime() - begin;
      log.readNew(this::take);
      if (hasAll(waited)) {
        return List.copyOf(found);
      }
      Await.pause(PAUSE);
    }
  }

  private void expect(String id, Outcome outcome) {
    switch (outcome) {
      case Outcome.Ok ok -> answered.add(id);
      case Outcome.BadStatus bad -> answered.add(id);
      case Outcome.CheckFailed failed -> answered.add(id);
      case Outcome.Malformed malformed -> unanswered.add(id);
      case Outcome.ClosedBeforeResponse closed -> unanswered.add(id);
      case Outcome.ResetMidResponse reset -> unanswered.add(id);
      case Outcome.ReadTimeout timeout -> unanswered.add(id);
      case Outcome.Refused refused -> { }
      case Outcome.ConnectTimeout timeout -> { }
      case Outcome.Dropped dropped -> { }
    }
  }

  private void take(AccessLogEntry entry) {
    if (wanted.contains(entry.requestId())) {
      found.add(entry);
      answered.remove(entry.requestId());
      unanswered.remove(entry.requestId());
    }
  }

  private boolean hasAll(long waitedNanos) {
    return (answered.isEmpty() || waitedNanos > ANSWERED_NANOS)
        && (unanswered.isEmpty() || waitedNanos > UNANSWERED_NANOS);
  }
}
