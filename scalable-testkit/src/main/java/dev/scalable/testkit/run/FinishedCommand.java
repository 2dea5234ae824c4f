package dev.scalable.testkit.run;

import dev.scalable.testkit.backend.ClusterException;
import java.util.List;

/**
 * A short command that {@link Shell} ran to its end.
 *
 * @param exitCode 0 by convention for success
 * @param output standard output and standard error, as they came, without white space at the ends
 */
public record FinishedCommand(List<String> command, int exitCode, String output) {

  /**
   * The output of a command that must succeed.
   *
   * @throws ClusterException with the command and its output if the exit code is not 0
   */
  public String outputOfSuccess() {
    if (exitCode != 0) {
      throw new ClusterException(
          "exit code %d from: %s%n%s".formatted(exitCode, String.join(" ", command), output));
    }
    return output;
  }
}
