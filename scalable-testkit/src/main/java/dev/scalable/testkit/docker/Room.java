package dev.scalable.testkit.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.run.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the containers of one run have in common: the labels by which they are found when the run is over, their
 * network, and the ports of this machine at which they are reached. Safe for use by several threads.
 */
final class Room {
  private static final int ATTEMPTS = 5;
  private static final Duration REMOVAL_LIMIT = Duration.ofSeconds(10);
  private static final Duration REMOVAL_PAUSE = Duration.ofMillis(50);
  private static final Pattern SENTENCE = Pattern.compile("\\{\"message\":\"(.*)\"}");

  private final DockerClient client;
  private final Run run;
  private final Map<String, String> labels;
  private final Subnet network;
  private final AtomicInteger containers = new AtomicInteger();

  private Room(DockerClient client, Run run, Map<String, String> labels, Subnet network) {
    this.client = client;
    this.run = run;
    this.labels = labels;
    this.network = network;
  }

  /** Makes the network of a run. */
  static Room open(Engine engine, Run run) {
    Map<String, String> labels = Leftovers.labels(engine, run);
    return new Room(engine.client(), run, labels, Subnet.create(engine.client(), run.id(), labels));
  }

  DockerClient client() {
    return client;
  }

  Run run() {
    return run;
  }

  /** The address of this machine in the network. */
  String gateway() {
    return network.gateway();
  }

  /** An address in the network that no other container has or will have. */
  String reserveAddress() {
    return network.reserveAddress();
  }

  /** Begins the description of a container without a network. */
  CreateContainerCmd container(String image, String name, Bind... binds) {
    // An init process, as few programs reap orphans or heed SIGTERM when they are process 1.
    HostConfig host = HostConfig.newHostConfig().withInit(true).withBinds(binds);
    return client.createContainerCmd(image)
        .withName(run.id() + "-" + name + "-" + containers.incrementAndGet())
        .withLabels(labels)
        .withHostConfig(host);
  }

  /** Puts it into the network, at an address that it keeps over every stop and start. */
  CreateContainerCmd at(String address, CreateContainerCmd container) {
    host(container).withNetworkMode(network.name());
    return container.withIpv4Address(address);
  }

  /** Puts it into the network of another container, at that one's address. */
  static CreateContainerCmd inside(String other, CreateContainerCmd container) {
    host(container).withNetworkMode("container:" + other);
    return container;
  }

  /**
   * What a container is that is reached from this JVM.
   *
   * @param hostPorts of 127.0.0.1, in the order of the container's own
   */
  record Published(String container, List<Integer> hostPorts) {}

  /** A published container that runs. */
  record Started(Published published, ContainerNode node) {}

  /**
   * Creates and starts {@code container} with ports of 127.0.0.1 that lead to {@code ports} of it; with others when a
   * process that is not ours was faster at taking the first ones.
   *
   * @param fixedPort the first of them, 0 for any
   * @param log the node whose log its output goes to
   */
  Started startPublished(CreateContainerCmd container, String log, int fixedPort, int... ports) {
    for (int attempt = 1; ; attempt++) {
      List<Integer> reserved = IntStream.range(0, ports.length)
          .map(i -> i == 0 && fixedPort != 0 ? fixedPort : run.reservePort())
          .boxed()
          .toList();
      host(container).withPortBindings(new Ports(IntStream.range(0, ports.length)
          .mapToObj(i -> new PortBinding(
              Ports.Binding.bindIpAndPort("127.0.0.1", reserved.get(i)), ExposedPort.tcp(ports[i])))
          .toArray(PortBinding[]::new)));
      container.withExposedPorts(Arrays.stream(ports).mapToObj(ExposedPort::tcp).toList());
      String id = create(container);
      try {
        return new Started(new Published(id, reserved), start(id, log));
      } catch (ClusterException e) {
        remove(List.of(id));
        if (attempt == ATTEMPTS || !isPortTaken(e)) {
          throw e;
        }
      }
    }
  }

  /** The engine's words; it has no code for this. */
  private static boolean isPortTaken(ClusterException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("already allocated") || message.contains("already in use");
  }

  /** Creates it, and returns its id. */
  String create(CreateContainerCmd container) {
    try {
      return container.exec().getId();
    } catch (DockerException e) {
      throw new ClusterException("the container " + container.getName() + " of the image " + container.getImage()
          + " cannot be created: " + words(e), e);
    }
  }

  /** Starts a container that does not run, as the node {@code name}. */
  ContainerNode start(String container, String name) {
    try {
      return ContainerNode.start(client, container, name, run.log(name));
    } catch (DockerException e) {
      throw new ClusterException(name + " cannot be started in its container " + container + ": " + words(e), e);
    }
  }

  /** Ends containers at once and removes them with all that they wrote; throws when all were tried. */
  void remove(Collection<String> ids) {
    requireGone(stayed(ids).toList());
  }

  /** Removes all containers, those too whose start failed, and then the network; throws when all were tried. */
  void close() {
    List<String> stayed = new ArrayList<>();
    try {
      stayed.addAll(stayed(Leftovers.containersOf(client, labels)).toList());
    } catch (RuntimeException e) {
      stayed.add("containers, which cannot be listed: " + words(e));
    }
    failure(() -> network.remove(client)).ifPresent(why -> stayed.add("network " + network.name() + ": " + why));
    requireGone(stayed);
  }

  private Stream<String> stayed(Collection<String> containers) {
    return containers.parallelStream().flatMap(id ->
        failure(() -> remove(id)).stream().map(why -> "container " + id + ": " + why));
  }

  /** As a JVM ends, Testcontainers without its helper removes what it knows of, too: what it is at is waited for. */
  private void remove(String id) {
    long end = System.nanoTime() + REMOVAL_LIMIT.toNanos();
    while (true) {
      try {
        client.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
        return;
      } catch (ConflictException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        Await.pause(REMOVAL_PAUSE);
      }
    }
  }

  /** Why a removal failed: also for reasons that are no words of the engine, such as a connection that broke. */
  private static Optional<String> failure(Runnable removal) {
    try {
      removal.run();
      return Optional.empty();
    } catch (NotFoundException e) {
      return Optional.empty(); // it is gone already
    } catch (RuntimeException e) {
      return Optional.of(words(e));
    }
  }

  private void requireGone(List<String> stayed) {
    if (!stayed.isEmpty()) {
      throw new ClusterException("these of the run " + run.id() + " were not removed from the container engine, all"
          + " others were:\n- " + String.join("\n- ", stayed)
          + "\nTry docker rm --force for each container, then docker network rm");
    }
  }

  static HostConfig host(CreateContainerCmd container) {
    return Objects.requireNonNull(container.getHostConfig(), "every description here begins with one");
  }

  /** What the engine said; it wraps its sentences in a status line and JSON. */
  static String words(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).strip();
    Matcher sentence = SENTENCE.matcher(message);
    return sentence.find() ? sentence.group(1) : message;
  }
}
