package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.NodeLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One run of a cluster: a folder, ports, processes. Whatever way this JVM ends, no process of the run outlives it by
 * more than the time they take to stop. Safe for use by several threads.
 */
public final class Run implements AutoCloseable {
  private final RunDirectory directory;
  private final Reaper reaper;
  private final NodeLauncher launcher;
  private final Ports ports = new Ports();

  private Run(RunDirectory directory, Reaper reaper) {
    this.directory = directory;
    this.reaper = reaper;
    this.launcher = new NodeLauncher(directory);
  }

  /**
   * Clears away what test JVMs that died have left, and begins a new run.
   *
   * @param keepDirectory whether its folder outlives it
   * @param keepsData whether PostgreSQL is to end with its data on disk
   */
  public static Run begin(boolean keepDirectory, boolean keepsData) {
    RunDirectory directory = RunDirectory.create(keepDirectory);
    try {
      return new Run(directory,
          Reaper.watch(directory, keepsData ? Reaper.PostgresStop.FAST : Reaper.PostgresStop.IMMEDIATE));
    } catch (RuntimeException | Error e) {
      directory.close(); // nothing of it runs; the next start sweeps it
      throw e;
    }
  }

  /** Whether the run {@code id} is over, or its JVM died: what else it left may be cleared away. */
  public static boolean isOver(String id) {
    return RunDirectory.isOver(id);
  }

  /** The name that tells this run from all others of this machine. */
  public String id() {
    return directory.id();
  }

  /** The folder, gone when the run is closed unless it is to be kept. */
  public Path directory() {
    return directory.path();
  }

  /** Has the folder outlive the run. */
  public void keepDirectory() {
    directory.keep();
  }

  /** The log of the node {@code name}. */
  public NodeLog log(String name) {
    return directory.log(name);
  }

  /** The logs of all nodes, by name. */
  public List<NodeLog> logs() {
    return directory.logs();
  }

  /** Reserves a free port of 127.0.0.1 until the run is closed; no other run of this user takes it. */
  public int reservePort() {
    return ports.reserve();
  }

  /**
   * Whether nobody listens on {@code port} of 127.0.0.1.
   *
   * @param port from 1 to 65535
   */
  public static boolean isPortFree(int port) {
    return Ports.isFree(port);
  }

  /**
   * Starts {@code command} as the node {@code name}, in the run directory, with {@code environment} added to what this
   * JVM has.
   */
  public ProcessNode launch(Role role, String name, List<String> command, Map<String, String> environment) {
    return launcher.launch(role, name, command, environment);
  }

  /** The processes that ended instances have left, a sentence for each; none where there is no {@code /proc}. */
  public List<String> strays() {
    return Strays.of(id(), launcher.apps());
  }

  /** Starts such a node in {@code folder}. */
  public ProcessNode launch(Role role, String name, Path folder, List<String> command,
      Map<String, String> environment) {
    return launcher.launch(role, name, folder, command, environment);
  }

  /** Whether the processor time of a node is known whole here, that of its ended children included. */
  public static boolean knowsCpuTime() {
    return CpuTime.isWhole();
  }

  /**
   * Ends all processes and deletes the folder unless it is to be kept. A second call does nothing.
   *
   * @throws dev.scalable.testkit.backend.ClusterException if some cannot be ended, naming them; a second call tries again
   */
  @Override
  public void close() {
    reaper.close();
    ports.close(); // not if the reaper failed: what still runs may listen on them
  }
}
