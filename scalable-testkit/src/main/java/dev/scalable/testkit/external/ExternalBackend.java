package dev.scalable.testkit.external;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Program;
import java.util.Optional;

/** Clusters that run already. For {@link java.util.ServiceLoader}. */
public final class ExternalBackend implements BackendProvider {
  /** Does nothing yet. */
  public ExternalBackend() {}

  @Override
  public Backend kind() {
    return Backend.EXTERNAL;
  }

  @Override
  public Optional<String> obstacle(Request request) {
    return request.program() instanceof Program.Running
        ? Optional.empty()
        : Optional.of("no address of a running cluster was given (AppSpec.running, or SCALABLE_TESTKIT_URL)");
  }

  @Override
  public Environment open(Request request) {
    if (request.program() instanceof Program.Running running) {
      return ExternalEnvironment.of(running, request.keepDirectory());
    }
    throw new IllegalArgumentException("not a running cluster: " + request.program());
  }
}
