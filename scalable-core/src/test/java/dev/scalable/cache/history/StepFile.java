package dev.scalable.cache.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of one process in a file, a line each. A line is with the system once it is written, so that it outlives a
 * process that is killed. For many threads.
 */
public final class StepFile implements AutoCloseable {

  private final FileChannel channel;

  private StepFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Begins a file. */
  public static StepFile create(Path file) throws IOException {
    return new StepFile(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /** Writes a step. */
  public void write(Step step) {
    ByteBuffer line = ByteBuffer.wrap((line(step) + "\n").getBytes(UTF_8));
    try {
      synchronized (this) {
        while (line.hasRemaining()) {
          channel.write(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All steps of a file; not a line that has not ended. */
  public static List<Step> read(Path file) throws IOException {
    String text = Files.readString(file);
    List<Step> steps = new ArrayList<>();
    for (int from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from)) {
      steps.add(step(text.substring(from, to).split(" ", -1)));
    }
    return steps;
  }

  private static String line(Step step) {
    return switch (step) {
      case Step.Read it -> "read " + it.key() + " " + it.version() + " " + it.start() + " " + it.end() + " "
          + it.proven() + " " + it.instance();
      case Step.Began it -> "began " + it.key() + " " + it.version() + " " + it.at();
      case Step.Returned it -> "returned " + it.key() + " " + it.version() + " " + it.start() + " " + it.end() + " "
          + it.announced() + " " + it.instance();
      case Step.Taken it -> "taken " + it.key() + " " + it.version() + " " + it.start() + " " + it.end() + " "
          + it.announced();
    };
  }

  private static Step step(String[] words) {
    long key = Long.parseLong(words[1]);
    long version = Long.parseLong(words[2]);
    long start = Long.parseLong(words[3]);
    if (words[0].equals("began")) {
      return new Step.Began(key, version, start);
    }
    long end = Long.parseLong(words[4]);
    boolean flag = Boolean.parseBoolean(words[5]);
    return switch (words[0]) {
      case "read" -> new Step.Read(words[6], key, version, start, end, flag);
      case "returned" -> new Step.Returned(words[6], key, version, start, end, flag);
      case "taken" -> new Step.Taken(key, version, start, end, flag);
      default -> throw new IllegalArgumentException(String.join(" ", words));
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
