package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.run.Recorded;
import dev.scalable.testkit.run.Shell;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Another JVM that runs {@link ClusterMain}, as a test JVM that is going to be ended would.
 *
 * @param workFolder its folder for temporary files, so that what it leaves is told from what others left
 */
record HostJvm(Process process, Path workFolder, NodeLog log) implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  static HostJvm start(Path folder, String... args) throws IOException {
    return start(folder, Map.of("SCALABLE_TESTKIT_BACKEND", "local"), args);
  }

  static HostJvm start(Path folder, Map<String, String> environment, String... args) throws IOException {
    return start(folder, environment, Map.of(), Path.of(""), args);
  }

  /** In a home and a working folder of its own, as the first run of a user who has the cache folder already. */
  static HostJvm startIn(Path folder, Path home, Path work, Path cache) throws IOException {
    return start(folder,
        Map.of("SCALABLE_TESTKIT_BACKEND", "local", "HOME", home.toString(), "XDG_CACHE_HOME", cache.toString()),
        Map.of("user.home", home.toString()), work);
  }

  private static HostJvm start(
      Path folder, Map<String, String> environment, Map<String, String> properties, Path work, String... args)
      throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("temporary"));
    NodeLog log = new NodeLog(folder.resolve("host.log"));
    // In a session and so a process group of its own, which stands for the foreground job of a terminal.
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command = new ArrayList<>(List.of("setsid", java.toString(), "-Djava.io.tmpdir=" + temporary,
        "-cp", classPath()));
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.add(ClusterMain.class.getName());
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(log.path().toFile()).redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().putAll(environment);
    builder.directory(work.toAbsolutePath().toFile());
    return new HostJvm(builder.start(), temporary, log);
  }

  /** That of this JVM, to be read from any folder. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Waits until it has printed {@code words}. */
  void awaitPrinted(String words) {
    await(() -> log.lines().stream().anyMatch(line -> line.contains(words)));
  }

  /** Waits until its run has recorded {@code count} processes. */
  void awaitRecorded(int count) {
    await(() -> !runs().isEmpty() && Recorded.of(runs().get(0)).size() >= count);
  }

  private void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(LIMIT).until(() -> {
      if (!process.isAlive()) {
        throw new AssertionError("the host ended: " + log.lines());
      }
      return condition.call();
    });
  }

  /** Whether {@code process}, a child of such a JVM, is to end what its cluster leaves. */
  static boolean isReaper(ProcessHandle process) {
    return process.info().arguments().stream().flatMap(Stream::of).anyMatch("reap"::equals);
  }

  /** The run directories that there are. */
  List<Path> runs() {
    Path home = workFolder.resolve("scalable-testkit-" + System.getProperty("user.name"));
    if (!Files.isDirectory(home)) {
      return List.of();
    }
    try (var runs = Files.newDirectoryStream(home, "run-*")) {
      List<Path> found = new ArrayList<>();
      runs.forEach(found::add);
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether SIGINT does nothing here and in children, as in what a shell without job control runs in the background. */
  static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    String ignored = Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow();
    return (Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16) & 1 << 1) != 0;
  }

  /**
   * Signals it, or with {@code -pid} its whole process group, and waits for its end.
   *
   * @throws AssertionError if it has not ended by then
   */
  void end(String signal, boolean group) throws InterruptedException {
    Shell.run(List.of("/bin/sh", "-c", "kill -s " + signal + " -- " + (group ? "-" : "") + process.pid()))
        .outputOfSuccess();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("SIG" + signal + " did not end the host within " + LIMIT);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
