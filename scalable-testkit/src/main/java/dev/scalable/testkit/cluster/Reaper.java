package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ends all processes of a run, in the order Nginx, app, Redis, PostgreSQL, and deletes the run directory: a child
 * process whose standard input is a pipe from this JVM. The pipe ends when the cluster is closed, and also however the
 * JVM ends, by SIGKILL too. So there is one way of ending a run, and every test exercises it.
 *
 * <p>Not done with {@code setpriv --pdeathsig}: that signal comes when the <em>thread</em> that started the child ends.
 */
final class Reaper implements AutoCloseable {
  /** More than the sum of the grace periods in processes.sh. */
  private static final long LIMIT_SECONDS = 60;

  /** How PostgreSQL ends: with its data on disk, or at once, leaving throw-away data as it is. */
  enum PostgresStop {
    FAST("INT"), IMMEDIATE("QUIT");

    private final String signal;

    PostgresStop(String signal) {
      this.signal = signal;
    }
  }

  private final RunDirectory run;
  private final Process process;
  private final Thread hook = new Thread(this::end, "scalable-testkit-reaper");

  private Reaper(RunDirectory run, Process process) {
    this.run = run;
    this.process = process;
  }

  /** Starts to watch over {@code run}, before its first process is started. */
  static Reaper watch(RunDirectory run, PostgresStop stop) {
    Reaper reaper = new Reaper(run, start(run.path(), stop, Redirect.PIPE));
    Runtime.getRuntime().addShutdownHook(reaper.hook); // not needed to end the run, but to wait for it
    return reaper;
  }

  /** Ends what is left of a run whose JVM is dead. */
  static void reap(Path run) {
    await(start(run, PostgresStop.FAST, Redirect.from(Path.of("/dev/null").toFile())), run);
  }

  /**
   * Ends the run and waits for it. Afterwards no process of it lives, and its directory is gone unless it is to be
   * kept.
   */
  @Override public void close() {
    try {
      end();
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // the JVM is shutting down: the hook runs, or has run
      }
    }
  }

  private synchronized void end() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell the reaper of " + run.path() + " to end the run", e);
    }
    await(process, run.path());
    run.close();
  }

  private static Process start(Path run, PostgresStop stop, Redirect input) {
    try {
      return Shell.builder(ProcessList.command(run, List.of("reap", run.toString(), stop.signal)))
          .redirectInput(input).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start /bin/sh, which is to end the processes of " + run, e);
    }
  }

  private static void await(Process process, Path run) {
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new ClusterException("processes of " + run + " still run " + LIMIT_SECONDS
            + " s after they were told to end; their process ids are in " + run.resolve("pids"));
      }
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }
}
