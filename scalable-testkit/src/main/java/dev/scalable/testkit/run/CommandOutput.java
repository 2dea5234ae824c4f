package dev.scalable.testkit.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.time.Duration;

/**
 * What a command prints, read by a thread of its own: a full pipe would block the command, and a file would stay behind
 * when this JVM is killed.
 */
final class CommandOutput {
  /** For what is in the pipe when the command has ended; a child that it left may hold the pipe open for ever. */
  private static final Duration REST = Duration.ofSeconds(2);

  private final ByteArrayOutputStream read = new ByteArrayOutputStream(); // its methods are synchronized
  private final Thread reader;

  private CommandOutput(InputStream pipe) {
    reader = new Thread(() -> readAll(pipe), "scalable-testkit-output");
    reader.setDaemon(true);
  }

  /** Begins to read what {@code process} prints. */
  static CommandOutput of(Process process) {
    CommandOutput output = new CommandOutput(process.getInputStream());
    output.reader.start();
    return output;
  }

  /** All of it, without white space at the ends. Only when the command has ended. */
  String text() {
    boolean interrupted = Thread.interrupted();
    long end = System.nanoTime() + REST.toNanos();
    for (long left = REST.toMillis(); left > 0 && reader.isAlive(); left = (end - System.nanoTime()) / 1_000_000) {
      try {
        reader.join(left);
      } catch (InterruptedException e) {
        interrupted = true; // half of what it printed could be taken for all of it
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return read.toString(Charset.defaultCharset()).strip();
  }

  private void readAll(InputStream pipe) {
    byte[] part = new byte[4096];
    try (pipe) {
      for (int count = pipe.read(part); count >= 0; count = pipe.read(part)) {
        read.write(part, 0, count);
      }
    } catch (IOException e) {
      // the process was killed: what came until then is what there is
    }
  }
}
