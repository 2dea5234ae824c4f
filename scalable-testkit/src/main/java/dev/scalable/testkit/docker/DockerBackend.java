package dev.scalable.testkit.docker;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Program;
import java.util.Optional;

/** Clusters of containers. For {@link java.util.ServiceLoader}; loads no class of Testcontainers before it knows of it. */
public final class DockerBackend implements BackendProvider {
  private static final String TESTCONTAINERS = "org.testcontainers.DockerClientFactory";

  /** Does nothing yet. */
  public DockerBackend() {}

  @Override
  public Backend kind() {
    return Backend.DOCKER;
  }

  @Override
  public Optional<String> obstacle(Request request) {
    if (request.program() instanceof Program.Command command) {
      return Optional.of("the app is the command " + String.join(" ", command.words()) + " of this machine,"
          + " and no container has its files: make an image of it and use AppSpec.image");
    }
    if (request.program() instanceof Program.Running) {
      return Optional.of("the app runs already");
    }
    try {
      Class.forName(TESTCONTAINERS, false, DockerBackend.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      return Optional.of("Testcontainers is not on the class path: add org.testcontainers:testcontainers");
    }
    return EngineSocket.obstacle(System.getenv())
        .or(Engine::obstacle)
        .or(() -> Images.configured().obstacle(request.program(), request.progress()));
  }

  @Override
  public Environment open(Request request) {
    return DockerEnvironment.open(Engine.connect(), Images.configured(), request);
  }
}
