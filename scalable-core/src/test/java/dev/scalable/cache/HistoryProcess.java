package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link HistoryInstance} in a process of its own, which ends with the test JVM even while it is stopped. */
final class HistoryProcess implements AutoCloseable {

  static final String SAYS = "history: ";

  /** Stops a process until the input ends, as it does with the test JVM. */
  private static final String STOPPED = "kill -STOP $0 && echo stopped && cat > /dev/null; kill -CONT $0";

  private final String name;
  private final Path file;
  private final Process process;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final List<String> output = new ArrayList<>();

  /**
   * Starts it.
   *
   * @param before what comes before the class path of this JVM
   */
  HistoryProcess(String name, Path folder, String before, Map<String, String> environment) throws IOException {
    this.name = name;
    this.file = folder.resolve(name + ".steps");
    ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx96m", "-cp",
        before + System.getProperty("java.class.path"), HistoryInstance.class.getName());
    builder.environment().keySet().removeIf(each -> each.startsWith("SCALABLE_"));
    builder.environment().putAll(environment);
    builder.environment().putAll(Map.of("HISTORY_NAME", name, "HISTORY_FILE", file.toString()));
    process = builder.redirectErrorStream(true).start();
    Thread.ofVirtual().start(this::listen);
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(SAYS)) {
          said.add(line.substring(SAYS.length()));
        } else {
          synchronized (output) {
            output.add(line);
          }
        }
      }
    } catch (IOException e) {
      said.add(e.toString());
    }
    said.add("ENDED");
  }

  String name() {
    return name;
  }

  /** What it has printed. */
  String output() {
    synchronized (output) {
      return String.join("\n", output);
    }
  }

  /** Where its steps are; not there before it is ready. */
  Path file() {
    return file;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void awaitReady() throws InterruptedException {
    answer("READY");
  }

  /**
   * Checks that its clock is that of this JVM, by which all steps are put in order: what it says lies between what is
   * read here before it was asked and after it has answered.
   */
  void checkClock() throws IOException, InterruptedException {
    for (int i = 0; i < 5; i++) {
      long before = System.nanoTime();
      tell("clock");
      long there = Long.parseLong(answer("CLOCK ").substring("CLOCK ".length()));
      assertThat(there).as("the clock of " + name).isBetween(before, System.nanoTime());
    }
  }

  void tell(String order) throws IOException {
    process.getOutputStream().write((order + "\n").getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits until its heap may be served. */
  void awaitProven() throws IOException, InterruptedException {
    tell("proven");
    answer("PROVEN");
  }

  private String answer(String beginning) throws InterruptedException {
    String line = said.poll(2, TimeUnit.MINUTES);
    assertThat(line).as(name + ", waiting for " + beginning + " after\n" + output()).isNotNull().startsWith(beginning);
    return line == null ? "" : line;
  }

  /** Waits for its end. */
  void awaitEnd() throws InterruptedException {
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(name + " ends").isTrue();
  }

  /** Stops it in the midst of whatever it does, until what is returned is closed. */
  AutoCloseable stop() throws IOException {
    Process stopper = new ProcessBuilder("/bin/sh", "-c", STOPPED, Long.toString(process.pid())).start();
    assertThat(stopper.inputReader(UTF_8).readLine()).isEqualTo("stopped");
    return () -> {
      stopper.getOutputStream().close();
      stopper.waitFor();
    };
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
