package dev.scalable.benchmarks.peer;

import java.util.Objects;

/** What the testkit tells an instance. */
public final class Settings {

  /** As many as an instance of the starter has. */
  public static final int CONNECTIONS = 10;

  private Settings() {}

  /** The value of a variable of the environment, which is there. */
  public static String of(String name) {
    return Objects.requireNonNull(System.getenv(name), name);
  }

  /** The port to listen on. */
  public static int port() {
    return Integer.parseInt(of("PORT"));
  }
}
