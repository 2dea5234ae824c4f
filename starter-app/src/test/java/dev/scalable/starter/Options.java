package dev.scalable.starter;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for; {@code ./run --help} lists it.
 *
 * @param instances how many instances
 * @param port where Nginx listens; 0 means any free port
 * @param dataFolder where data is kept; null means nowhere
 * @param smoke whether to try the cluster and stop
 * @param seed how many products an empty database is filled with
 * @param dev whether instances follow the sources
 * @param docker whether all is made of containers, and not of processes
 */
record Options(
    int instances, int port, @Nullable Path dataFolder, boolean smoke, int seed, boolean dev, boolean docker) {

  private static final int DEFAULT_PORT = 8080;
  private static final int DEFAULT_SEED = 100;

  Optional<Path> data() {
    return Optional.ofNullable(dataFolder);
  }

  /** Reads a command line; throws IllegalArgumentException that names every argument it does not understand. */
  static Options parse(String[] arguments) {
    int instances = 2;
    int port = -1;
    Path data = null;
    boolean smoke = false;
    int seed = DEFAULT_SEED;
    boolean dev = false;
    boolean docker = false;
    List<String> mistakes = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      switch (arguments[i]) {
        case "--instances" -> {
          instances = number("--instances", value, 1, 16, mistakes);
          i++;
        }
        case "--port" -> {
          port = number("--port", value, 0, 65_535, mistakes);
          i++;
        }
        case "--data" -> {
          if (value.isEmpty()) {
            mistakes.add("--data needs a folder");
          }
          data = Path.of(value);
          i++;
        }
        case "--seed" -> {
          seed = number("--seed", value, 1, 10_000_000, mistakes);
          i++;
        }
        case "--smoke" -> smoke = true;
        case "--dev" -> dev = true;
        case "--docker" -> docker = true;
        default -> mistakes.add("There is no option " + arguments[i]);
      }
    }
    if (dev && smoke) {
      mistakes.add("--dev goes on until Ctrl-C and --smoke comes to an end: choose one");
    }
    if (dev && docker) {
      mistakes.add("--dev replaces processes of this machine, and --docker has none: choose one");
    }
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", mistakes));
    }
    return new Options(instances, port >= 0 ? port : smoke ? 0 : DEFAULT_PORT, data, smoke, seed, dev, docker);
  }

  private static int number(String option, String value, int min, int max, List<String> mistakes) {
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that is out of bounds.
    }
    mistakes.add(option + " needs a number from " + min + " to " + max + ", not \"" + value + "\"");
    return min;
  }
}
