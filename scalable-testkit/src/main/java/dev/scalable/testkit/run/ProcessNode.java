package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A node that is a process of this machine, and the processes that it forked: a server with workers is killed, stopped
 * and continued as a whole, as a container would be, and what it leaves when it ends is ended too. It is told to end
 * alone, as by every supervisor. Processes that make a session of their own are beyond this until the run ends.
 */
public final class ProcessNode implements Node {
  /** What strerror(3) says, and so Nginx, Redis, PostgreSQL and the JVM, apart from the case of the first letter. */
  private static final String EADDRINUSE = "ddress already in use";

  private static final int LINES_READ = 50;

  private final String name;
  private final Process process;
  private final NodeLog log;
  private final boolean leavesOthers;
  private final AtomicBoolean othersEnded = new AtomicBoolean();
  private final AtomicReference<Duration> used = new AtomicReference<>(Duration.ZERO);

  /**
   * Takes over a started process.
   *
   * @param leavesOthers whether its children may go on when it has ended, so have to be looked for
   */
  ProcessNode(String name, Process process, NodeLog log, boolean leavesOthers) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.leavesOthers = leavesOthers;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public boolean isRunning() {
    return process.isAlive();
  }

  @Override
  public int exitCode() {
    return process.exitValue();
  }

  @Override
  public void signal(Signal signal) {
    if (process.isAlive()) {
      switch (signal) {
        case TERM -> process.destroy();
        case KILL -> {
          Shell.signalGroup(process.pid(), signal.name());
          process.destroyForcibly();
        }
        case STOP, CONT -> {
          if (!Shell.signalGroup(process.pid(), signal.name())) { // no setsid here, or not so far yet
            Shell.signal(process.pid(), signal.name());
          }
          if (signal == Signal.STOP) {
            Standstill.await(process.toHandle(), name);
          }
        }
      }
    }
  }

  /** Sends another signal, such as {@code INT} or {@code HUP}; does nothing if it has ended. */
  public void signal(String signal) {
    if (process.isAlive()) {
      Shell.signal(process.pid(), signal);
    }
  }

  @Override
  public boolean endsWithin(Duration limit) {
    try {
      boolean ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (ended && leavesOthers && othersEnded.compareAndSet(false, true)) {
        // No other group can have this number while a process is left in it; if none is, it is hardly used again yet.
        Shell.signalGroup(process.pid(), "KILL");
      }
      return ended;
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }

  @Override
  public Duration cpuTime() {
    // A child that ends between two looks at the tree is missing from the sum once: what was used stays used.
    Duration now = CpuTime.ofTree(process.toHandle());
    return process.isAlive()
        ? used.accumulateAndGet(now, (known, seen) -> known.compareTo(seen) > 0 ? known : seen)
        : Duration.ZERO;
  }

  @Override
  public NodeLog log() {
    return log;
  }

  @Override
  public boolean foundItsPortInUse() {
    return !process.isAlive() && log.tail(LINES_READ).stream().anyMatch(line -> line.contains(EADDRINUSE));
  }
}
