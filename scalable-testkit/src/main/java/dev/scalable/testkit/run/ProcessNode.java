package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A node that is a process of this machine. */
public final class ProcessNode implements Node {
  /** What strerror(3) says, and so Nginx, Redis, PostgreSQL and the JVM, apart from the case of the first letter. */
  private static final String EADDRINUSE = "ddress already in use";

  private static final int LINES_READ = 50;

  private final String name;
  private final Process process;
  private final NodeLog log;

  ProcessNode(String name, Process process, NodeLog log) {
    this.name = name;
    this.process = process;
    this.log = log;
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
        case KILL -> process.destroyForcibly();
        case STOP, CONT -> Shell.signal(process.pid(), signal.name());
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
      return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }

  @Override
  public Duration cpuTime() {
    return CpuTime.ofTree(process.toHandle());
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
