package dev.scalable.testkit.backend;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an app is before it runs. */
public sealed interface Program {
  /**
   * A main class on the class path of the test JVM, run by the same Java.
   *
   * @param name its binary name
   */
  record MainClass(String name) implements Program {}

  /** An executable jar. */
  record Jar(Path path) implements Program {}

  /** A container image, whose entry point is the app. */
  record Image(String name) implements Program {}

  /** Any command: the program and its first arguments. */
  record Command(List<String> words) implements Program {
    /** Takes a copy. */
    public Command {
      words = List.copyOf(words);
    }
  }

  /**
   * The app runs already, and so does all around it.
   *
   * @param balancer where clients come in
   * @param instances the address of each instance past the balancer, by its id; empty if they cannot be reached
   * @param postgres the database behind it, or null if it cannot be reached
   * @param redis the Redis behind it, or null if it cannot be reached
   */
  record Running(URI balancer, Map<String, URI> instances, @Nullable Database postgres, @Nullable URI redis)
      implements Program {
    /** Takes a copy, in the same order. */
    public Running {
      instances = Collections.unmodifiableMap(new LinkedHashMap<>(instances));
    }
  }

  /** How a database is reached; the password is not told by {@link #toString}. */
  record Database(String jdbcUrl, String user, String password) {
    @Override
    public String toString() {
      return jdbcUrl + " as " + user;
    }
  }
}
