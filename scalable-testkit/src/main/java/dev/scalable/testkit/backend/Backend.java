package dev.scalable.testkit.backend;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/** Where the nodes of a cluster run. */
@API(status = API.Status.MAINTAINED)
public enum Backend {
  /**
   * Containers if Testcontainers is on the class path, an engine answers and the images are there; else processes. Which
   * it was, and why, is logged and reported.
   */
  AUTO,
  /** Processes of this machine. */
  LOCAL,
  /** Containers, by Testcontainers. */
  DOCKER,
  /** A cluster that runs already, of which addresses were given. */
  EXTERNAL;

  /**
   * The backend called {@code name}, in any case of its letters.
   *
   * @param origin where the name was said, for the message
   * @throws IllegalArgumentException if there is none
   */
  public static Backend named(String name, String origin) {
    return Arrays.stream(values())
        .filter(each -> each.name().equalsIgnoreCase(name.strip()))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(origin + " is \"" + name + "\", which is no backend; there are "
            + Arrays.stream(values()).map(Backend::toString).collect(Collectors.joining(", "))));
  }

  /** Its name in small letters. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
