package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.benchmarks.Stores;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Some instances, each in a process of its own. */
final class Followers implements AutoCloseable {

  private final List<Process> processes = new ArrayList<>();
  private final List<BufferedReader> answers = new ArrayList<>();
  private final Path folder = Files.createTempDirectory("followers");

  Followers(int count, Stores stores, String namespace) throws IOException {
    for (int i = 0; i < count; i++) {
      ProcessBuilder builder = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
          "-Xmx128m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
          Follower.class.getName());
      builder.environment().putAll(stores.environment(namespace));
      builder.environment().put("SCALABLE_DB_POOL_SIZE", "1");
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      Process process = builder.start();
      processes.add(process);
      BufferedReader answer = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      answers.add(answer);
      // One after the other: all at once, they would be in each other's way.
      answer(answer);
    }
  }

  /** Gives all the same order, and waits until each has answered. */
  List<String> all(String order) throws IOException {
    for (Process process : processes) {
      send(process, order);
    }
    return answers();
  }

  /** When each event had arrived on the last of all; 0 for one that is missing somewhere. */
  long[] end(int events) throws IOException {
    for (int i = 0; i < processes.size(); i++) {
      send(processes.get(i), "end " + folder.resolve(i + ""));
    }
    answers();
    long[] last = new long[events];
    boolean[] missing = new boolean[events];
    for (int i = 0; i < processes.size(); i++) {
      ByteBuffer arrivals = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(i + "")));
      for (int event = 0; event < events; event++) {
        long at = arrivals.getLong();
        missing[event] |= at == 0;
        last[event] = last[event] == 0 || at - last[event] > 0 ? at : last[event];
      }
    }
    for (int event = 0; event < events; event++) {
      last[event] = missing[event] ? 0 : last[event];
    }
    return last;
  }

  private static void send(Process process, String order) throws IOException {
    process.getOutputStream().write((order + "\n").getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  private List<String> answers() throws IOException {
    List<String> lines = new ArrayList<>();
    for (BufferedReader answer : answers) {
      lines.add(answer(answer));
    }
    return lines;
  }

  private static String answer(BufferedReader from) throws IOException {
    String line = from.readLine();
    if (line == null) {
      throw new IllegalStateException("An instance has ended before it answered");
    }
    return line;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (Process process : processes) {
      process.getOutputStream().close();
    }
    for (Process process : processes) {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    for (int i = 0; i < processes.size(); i++) {
      Files.deleteIfExists(folder.resolve(i + ""));
    }
    Files.delete(folder);
  }
}
