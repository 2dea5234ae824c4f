package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Program;
import java.util.Optional;

/** Clusters of processes on this machine. For {@link java.util.ServiceLoader}. */
public final class LocalBackend implements BackendProvider {
  /** Does nothing yet. */
  public LocalBackend() {}

  @Override
  public Backend kind() {
    return Backend.LOCAL;
  }

  /** What else may be missing, such as nginx, is worth the attempt to fetch it and is told when that fails. */
  @Override
  public Optional<String> obstacle(Request request) {
    if (request.program() instanceof Program.Image image) {
      return Optional.of("the app is the container image " + image.name() + ", which is no process of this machine");
    }
    if (request.program() instanceof Program.Running running) {
      return Optional.of("the app runs already, behind " + running.balancer() + ": there is nothing to start");
    }
    if (System.getProperty("os.name").startsWith("Windows")) {
      return Optional.of("processes are supervised by /bin/sh, which Windows has only inside of WSL:"
          + " run the tests there, or use the docker backend");
    }
    return Optional.empty();
  }

  @Override
  public Environment open(Request request) {
    return LocalEnvironment.open(request);
  }
}
