package dev.scalable.testkit.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import dev.scalable.testkit.run.Run;
import dev.scalable.testkit.run.WorkFolder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/**
 * Containers and networks whose test JVM died. They carry the name of their run; whether it is over its folder
 * tells. Where Testcontainers' own helper may run, it removes them within seconds, by the labels of its session.
 */
final class Leftovers {
  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  private static final String RUN = "dev.scalable.testkit.run";

  /** Runs of other folders and of other machines that use the same engine are none of ours. */
  private static final String FOLDER = "dev.scalable.testkit.folder";

  private Leftovers() {}

  /** What everything of {@code run} is marked with. */
  static Map<String, String> labels(Engine engine, Run run) {
    Map<String, String> labels = new HashMap<>(DockerClientFactory.DEFAULT_LABELS);
    labels.put(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, DockerClientFactory.SESSION_ID);
    labels.put(RUN, run.id());
    labels.put(FOLDER, folder(engine));
    return Map.copyOf(labels);
  }

  /** The containers of the run with these labels. */
  static List<String> containersOf(DockerClient client, Map<String, String> labels) {
    Map<String, String> run = Map.of(RUN, String.valueOf(labels.get(RUN)), FOLDER, String.valueOf(labels.get(FOLDER)));
    return client.listContainersCmd().withShowAll(true).withLabelFilter(run).exec().stream()
        .map(Container::getId)
        .toList();
  }

  /** Removes what is left of runs that are over; what cannot be removed is told, and is no reason not to start. */
  static void remove(Engine engine) {
    DockerClient client = engine.client();
    Map<String, String> ours = Map.of(FOLDER, folder(engine));
    listed("containers", () -> client.listContainersCmd().withShowAll(true).withLabelFilter(ours).exec()).stream()
        .filter(container -> isOver(container.getLabels()))
        .forEach(container -> attempt("the container " + container.getId(), () ->
            client.removeContainerCmd(container.getId()).withForce(true).withRemoveVolumes(true).exec()));
    String label = FOLDER + "=" + folder(engine);
    listed("networks", () -> client.listNetworksCmd().withFilter("label", List.of(label)).exec()).stream()
        .filter(network -> isOver(network.getLabels()))
        .forEach(network -> attempt("the network " + network.getName(), () ->
            client.removeNetworkCmd(network.getId()).exec()));
  }

  private static <T> List<T> listed(String what, Supplier<List<T>> list) {
    try {
      return list.get();
    } catch (RuntimeException e) { // not only DockerException: an engine that breaks off is a plain one
      log.warn("The {} that test JVMs that died have left in the container engine cannot be listed", what, e);
      return List.of();
    }
  }

  private static void attempt(String what, Runnable removal) {
    try {
      removal.run();
      log.info("Removed {}, whose test JVM died", what);
    } catch (NotFoundException e) {
      log.debug("{} was removed by another", what);
    } catch (RuntimeException e) {
      log.warn("A test JVM died and left {}, which cannot be removed", what, e);
    }
  }

  private static boolean isOver(Map<String, String> labels) {
    String run = labels.get(RUN);
    return run != null && Run.isOver(run);
  }

  private static String folder(Engine engine) {
    return engine.host() + ":" + WorkFolder.path();
  }
}
