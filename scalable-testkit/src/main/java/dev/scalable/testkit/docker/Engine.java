package dev.scalable.testkit.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Info;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.testcontainers.DockerClientFactory;

/**
 * The container engine that Testcontainers has found.
 *
 * @param host the name of this machine
 * @param here whether the engine runs on this machine, so that its networks and processes are this machine's
 */
record Engine(DockerClient client, String version, String apiVersion, String host, boolean here) {
  /** Finding it takes one to five seconds; without its helper image, Testcontainers goes on for minutes. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private static final Map<String, Optional<String>> ATTEMPT = new ConcurrentHashMap<>();

  /** Why Testcontainers has no engine to use; empty if it has one. */
  static Optional<String> obstacle() {
    // One attempt per JVM: a second one would wait as long as the first. No static initializer, which would stop the
    // thread that makes the attempt.
    return ATTEMPT.computeIfAbsent("client", once -> Limited.attempt(LIMIT, DockerClientFactory.instance()::client)
        .map(why -> "an engine answers, but Testcontainers could not use it: " + why
            + "; it may be that its helper image testcontainers/ryuk cannot be pulled:"
            + " pull it, or set TESTCONTAINERS_RYUK_DISABLED=true in the environment"));
  }

  static Engine connect() {
    DockerClientFactory factory = DockerClientFactory.instance();
    DockerClient client = factory.client();
    Info info = client.infoCmd().exec();
    String host = hostName();
    // In a virtual machine, as Docker Desktop has one, or on another machine it has another name.
    boolean here = host.equals(info.getName());
    return new Engine(client, String.valueOf(info.getServerVersion()), factory.getActiveApiVersion(), host, here);
  }

  private static String hostName() {
    try {
      return Files.exists(HOST_NAME) ? Files.readString(HOST_NAME).strip() : "(" + System.getProperty("os.name") + ")";
    } catch (IOException e) {
      return "(unknown)";
    }
  }

  @Override
  public String toString() {
    return "container engine " + version + ", API " + apiVersion;
  }
}
