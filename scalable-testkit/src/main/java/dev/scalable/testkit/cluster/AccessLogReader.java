package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.ClusterException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads an access log that is being written: each time, the lines that have been completed since the last time. */
final class AccessLogReader {
  private static final int BLOCK = 64 << 10;

  private final Path file;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteBuffer block = ByteBuffer.allocate(BLOCK);
  private long position;
  private long number = 1;

  AccessLogReader(Path file) {
    this.file = file;
  }

  /**
   * Hands over the new entries, in their order; none while there is no file.
   *
   * @throws ClusterException if a line is not one of the shipped format
   */
  void readNew(Consumer<AccessLogEntry> entries) {
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      for (int count = channel.read(block, position); count > 0; count = channel.read(block, position)) {
        position += count;
        for (block.flip(); block.hasRemaining();) {
          byte next = block.get();
          if (next == '\n') {
            entries.accept(completed());
          } else {
            line.write(next);
          }
        }
        block.clear();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the access log " + file, e);
    }
  }

  private AccessLogEntry completed() {
    try {
      return AccessLogParser.parse(line.toByteArray());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ClusterException("line " + number + " of the access log " + file + " is not as the shipped log format"
          + " (parts/log-format.conf) has it: " + e.getMessage(), e);
    } finally {
      line.reset();
      number++;
    }
  }
}
