package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The workers that an nginx had at one moment. On a reload the master starts new ones and only 100 ms later tells the
 * old ones to go; until each has heard of it, it takes new connections as before. Then it says so in its title, stops
 * listening and closes idle connections in one go, answers what it has begun to, and ends ({@code
 * ngx_worker_process_cycle}).
 *
 * @param master the process that started them
 * @param processes of all of them
 */
record NginxWorkers(long master, Set<ProcessHandle> processes) {
  private static final Path PROC = Path.of("/proc");
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** Those that {@code master} has now. */
  static NginxWorkers of(long master) {
    return new NginxWorkers(master, children(master));
  }

  /** Whether there are workers that are none of these. */
  boolean haveSuccessors() {
    return !processes.containsAll(children(master));
  }

  /** Whether none of these takes new connections. */
  boolean listenNoMore() {
    return processes.stream().allMatch(worker -> !worker.isAlive() || title(worker.pid()).contains("shutting down"));
  }

  /** Waits until all of these have ended, for {@code limit} at most. */
  void awaitEnd(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (processes.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() - end < 0) {
      Await.pause(PAUSE);
    }
  }

  private static Set<ProcessHandle> children(long master) {
    return ProcessHandle.of(master).stream().flatMap(ProcessHandle::children).collect(Collectors.toSet());
  }

  /** What the process calls itself. */
  private static String title(long pid) {
    try {
      return Files.isDirectory(PROC.resolve("self"))
          ? Files.readString(PROC.resolve(Long.toString(pid)).resolve("cmdline"), StandardCharsets.ISO_8859_1)
          : Shell.run(List.of("ps", "-o", "args=", "-p", Long.toString(pid))).output();
    } catch (IOException e) {
      return "shutting down"; // it has ended between the two looks
    }
  }
}
