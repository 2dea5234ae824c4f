package dev.scalable.testkit.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.WaitResponse;
import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.run.CpuTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One start of a container. */
final class ContainerNode implements Node {
  private static final Duration ATTACH_LIMIT = Duration.ofSeconds(30);

  private final String name;
  private final String container;
  private final DockerClient client;
  private final NodeLog log;
  private final ContainerOutput output;
  private final long pid;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private boolean paused;
  private boolean terminating;

  private ContainerNode(
      String name, String container, DockerClient client, NodeLog log, ContainerOutput output, long pid) {
    this.name = name;
    this.container = container;
    this.client = client;
    this.log = log;
    this.output = output;
    this.pid = pid;
  }

  /**
   * Starts a container that does not run.
   *
   * @throws com.github.dockerjava.api.exception.DockerException if the engine cannot
   */
  static ContainerNode start(DockerClient client, String container, String name, NodeLog log) {
    ContainerOutput output = ContainerOutput.to(log);
    // Before the start, as else its first words would be missed. Not by its logs: these begin with its first start.
    client.attachContainerCmd(container).withStdOut(true).withStdErr(true).withFollowStream(true).exec(output);
    try {
      if (!output.awaitStarted(ATTACH_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new ClusterException(name + " was not started: the engine did not let its output be read within "
            + ATTACH_LIMIT.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
    client.startContainerCmd(container).exec();
    Long pid = client.inspectContainerCmd(container).exec().getState().getPidLong();
    ContainerNode node = new ContainerNode(name, container, client, log, output, pid == null ? 0 : pid);
    client.waitContainerCmd(container).exec(node.new End());
    return node;
  }

  /** Told by the engine that the container has ended. */
  private final class End extends ResultCallback.Adapter<WaitResponse> {
    private static final int UNKNOWN = -1;

    @Override
    public void onNext(WaitResponse response) {
      output.awaitEnd();
      exit.complete(response.getStatusCode());
    }

    /** The engine has ended, or the container was removed while it ran. */
    @Override
    public void onError(Throwable error) {
      exit.complete(UNKNOWN);
      super.onError(error);
    }

    @Override
    public void onComplete() {
      exit.complete(UNKNOWN); // does nothing if a response came before
      super.onComplete();
    }
  }

  @Override
  public String name() {
    return name;
  }

  /** On the machine of the engine. */
  @Override
  public long pid() {
    return pid;
  }

  @Override
  public boolean isRunning() {
    return !exit.isDone();
  }

  @Override
  public int exitCode() {
    if (isRunning()) {
      throw new IllegalStateException(name + " runs, so it has no exit code yet");
    }
    return exit.join();
  }

  @Override
  public synchronized void signal(Signal signal) {
    if (!isRunning()) {
      return;
    }
    switch (signal) {
      case TERM -> terminate();
      case KILL -> signal("KILL");
      case STOP -> pause();
      case CONT -> resume();
    }
  }

  /** Sends another signal, such as {@code INT} or {@code HUP}; does nothing if it has ended. */
  void signal(String signal) {
    try {
      client.killContainerCmd(container).withSignal(signal).exec();
    } catch (ConflictException | NotFoundException e) {
      // it has ended between the two looks
    }
  }

  /** The engine would let a paused container go on to end it. A stopped process does not hear the signal before. */
  private void terminate() {
    if (paused) {
      terminating = true;
    } else {
      signal("TERM");
    }
  }

  private void pause() {
    if (!paused) {
      client.pauseContainerCmd(container).exec();
      paused = true;
    }
  }

  private void resume() {
    if (paused) {
      client.unpauseContainerCmd(container).exec();
      paused = false;
      if (terminating) {
        signal("TERM");
      }
    }
  }

  @Override
  public boolean endsWithin(Duration limit) {
    try {
      exit.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("it never ends exceptionally", e);
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }

  @Override
  public Duration cpuTime() {
    return isRunning() ? ProcessHandle.of(pid).map(CpuTime::ofTree).orElse(Duration.ZERO) : Duration.ZERO;
  }

  @Override
  public NodeLog log() {
    return log;
  }

  /** Never: in the network of its own, its port is nobody else's. */
  @Override
  public boolean foundItsPortInUse() {
    return false;
  }
}
