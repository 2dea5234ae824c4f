package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.ClusterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
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
  private final PostgresStop stop;
  private final Process process;
  private final Thread hook = new Thread(this::end, "scalable-testkit-reaper");
  private boolean ended;

  private Reaper(RunDirectory run, PostgresStop stop, Process process) {
    this.run = run;
    this.stop = stop;
    this.process = process;
  }

  /** Starts to watch over {@code run}, before its first process is started. */
  static Reaper watch(RunDirectory run, PostgresStop stop) {
    Reaper reaper = new Reaper(run, stop, start(run.path(), stop));
    Runtime.getRuntime().addShutdownHook(reaper.hook); // not needed to end the run, but to wait for it
    return reaper;
  }

  /**
   * Ends, within this call, what is left of a run whose own reaper is dead or has failed, and deletes its directory
   * unless it is to be kept.
   *
   * @throws ClusterException naming the processes that still run; the directory is then left as it is
   */
  static void reap(Path run, PostgresStop stop) {
    boolean hasProcesses = Files.exists(run.resolve("pids")); // else the JVM may have died before it wrote the script
    FinishedCommand reaping = Shell.run(command(run, stop));
    if (reaping.exitCode() != 0 && hasProcesses && Files.exists(run.resolve("pids"))) {
      throw new ClusterException("the run in " + run + " could not be ended; still running, as far as is known: "
          + reaping.output() + " (exit code " + reaping.exitCode() + "; all that were started are in "
          + run.resolve("pids") + "). End them by hand, then delete that folder");
    }
    if (Files.exists(run.resolve("keep"))) {
      KeptRuns.noteEnd(run);
    } else {
      Folders.delete(run);
    }
  }

  /**
   * Ends the run and waits for it. Afterwards no process of it lives, and its directory is gone unless it is to be
   * kept. If the child process was killed or failed, its work is done here.
   *
   * @throws ClusterException naming the processes that still run; the run is then left locked, and a second call, or
   *     the end of the JVM, tries again
   */
  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the JVM is shutting down: the hook runs, or has run
    }
  }

  private synchronized void end() {
    if (ended) {
      return;
    }
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell the reaper of " + run.path() + " to end the run", e);
    }
    if (!succeeded()) {
      reap(run.path(), stop);
    }
    run.close();
    ended = true;
  }

  private boolean succeeded() {
    try {
      if (process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly().waitFor();
      return false;
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }

  private static Process start(Path run, PostgresStop stop) {
    try {
      return Shell.builder(command(run, stop))
          .redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start /bin/sh, which is to end the processes of " + run, e);
    }
  }

  private static List<String> command(Path run, PostgresStop stop) {
    return ProcessList.command(run, List.of("reap", run.toString(), stop.signal));
  }
}
