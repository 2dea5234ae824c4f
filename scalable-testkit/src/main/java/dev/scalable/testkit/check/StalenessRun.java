package dev.scalable.testkit.check;

import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.NoAnswerException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/** Carries out a probe of staleness: a reader for each instance, all by one clock. */
final class StalenessRun implements AutoCloseable {
  private static final int SHOWN_IN_A_ROW = 3;
  private static final long PAUSE_NANOS = 1_000_000;

  private final Client writer;
  private final Map<String, Client> readers = new LinkedHashMap<>();
  private final LongFunction<Call> write;
  private final Call read;
  private final ToLongFunction<Answer> version;
  private final Duration giveUpAfter;
  private final ExecutorService threads;

  StalenessRun(
      URI writesTo, Map<String, URI> instances, LongFunction<Call> write, Call read, ToLongFunction<Answer> version,
      Duration giveUpAfter) {
    this.writer = Client.open(writesTo);
    instances.forEach((instance, uri) -> readers.put(instance, Client.open(uri)));
    this.write = write;
    this.read = read;
    this.version = version;
    this.giveUpAfter = giveUpAfter;
    this.threads = Executors.newFixedThreadPool(
        instances.size(), task -> Thread.ofPlatform().daemon().name("staleness").unstarted(task));
  }

  List<Staleness.Sample> samples(int writes) {
    long highest = 0;
    for (Client reader : readers.values()) {
      highest = Math.max(highest, shown(reader).orElse(0));
    }
    List<Staleness.Sample> samples = new ArrayList<>();
    for (long next = highest + 1; next <= highest + writes; next++) {
      samples.addAll(round(next));
    }
    return samples;
  }

  private List<Staleness.Sample> round(long next) {
    Round round = new Round(next, new CountDownLatch(readers.size()));
    Map<String, Future<Staleness.Sample>> watching = new LinkedHashMap<>();
    readers.forEach((instance, reader) ->
        watching.put(instance, threads.submit(() -> watched(instance, reader, round))));
    try {
      try {
        round.read.await();
        acknowledge(next);
        round.acknowledged = System.nanoTime();
        round.state = State.ACKNOWLEDGED;
      } finally {
        round.state = round.state == State.WRITING ? State.GIVEN_UP : round.state;
      }
      List<Staleness.Sample> samples = new ArrayList<>();
      for (Future<Staleness.Sample> one : watching.values()) {
        samples.add(one.get());
      }
      return samples;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the probe of staleness was interrupted", interrupted);
    } catch (ExecutionException failure) {
      throw new IllegalStateException("reading " + read + " failed: " + failure.getCause(), failure.getCause());
    }
  }

  private void acknowledge(long next) {
    Call call = write.apply(next);
    try {
      Answer answer = writer.send(call);
      if (answer.status() / 100 != 2) {
        throw new IllegalStateException("the write of version " + next + ", " + call + ", was answered " + answer);
      }
    } catch (NoAnswerException none) {
      throw new IllegalStateException("the write of version " + next + " was not acknowledged", none);
    }
  }

  /** Reads one instance from before a write until it shows it, or for too long. */
  private Staleness.Sample watched(String instance, Client reader, Round round) {
    try {
      shown(reader);
    } finally {
      round.read.countDown();
    }
    long last = Long.MIN_VALUE;
    int inARow = 0;
    while (round.state != State.GIVEN_UP) {
      boolean acknowledged = round.state == State.ACKNOWLEDGED;
      long start = System.nanoTime();
      OptionalLong seen = shown(reader);
      if (acknowledged && seen.isPresent()) {
        boolean old = seen.getAsLong() < round.version;
        last = old ? start - round.acknowledged : last;
        inARow = old ? 0 : inARow + 1;
        if (inARow == SHOWN_IN_A_ROW) {
          return new Staleness.Sample(instance, round.version, Duration.ofNanos(Math.max(0, last)), true);
        }
      }
      if (acknowledged && start - round.acknowledged > giveUpAfter.toNanos()) {
        return new Staleness.Sample(instance, round.version, Duration.ofNanos(start - round.acknowledged), false);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return new Staleness.Sample(instance, round.version, Duration.ZERO, false);
  }

  /** The version that an instance shows; empty if it gave no good answer. */
  private OptionalLong shown(Client reader) {
    try {
      Answer answer = reader.send(read);
      return answer.status() / 100 == 2 ? OptionalLong.of(version.applyAsLong(answer)) : OptionalLong.empty();
    } catch (NoAnswerException none) {
      return OptionalLong.empty();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
    writer.close();
    readers.values().forEach(Client::close);
  }

  private enum State {
    WRITING,
    ACKNOWLEDGED,
    GIVEN_UP
  }

  /** One write, known to all readers. */
  private static final class Round {
    final long version;
    final CountDownLatch read;
    volatile long acknowledged;
    volatile State state = State.WRITING;

    Round(long version, CountDownLatch read) {
      this.version = version;
      this.read = read;
    }
  }
}
