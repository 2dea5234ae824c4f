package dev.scalable.testkit.cli;

import java.util.List;

/** The command line says something that cannot be; the message tells all of it, a line each. */
final class UsageException extends RuntimeException {
  UsageException(List<String> mistakes) {
    super(String.join("\n", mistakes));
  }
}
