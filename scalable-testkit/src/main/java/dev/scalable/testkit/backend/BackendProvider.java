package dev.scalable.testkit.backend;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Opens environments of one kind. Found by {@link java.util.ServiceLoader}, so it has a public constructor without
 * parameters, and neither loading nor creating it needs anything that may be absent from the class path.
 */
public interface BackendProvider {
  /** The kind: any but {@link Backend#AUTO}. */
  Backend kind();

  /**
   * Why no environment can be opened here and now, as a sentence with what to do about it; empty if one can. Takes
   * seconds at most, starts nothing and leaves nothing behind.
   */
  Optional<String> obstacle(Request request);

  /**
   * Makes room for a cluster: nothing of it runs yet, but whatever will is sure to end with this JVM.
   *
   * @throws ClusterException if that is not possible; nothing is left behind then
   */
  Environment open(Request request);

  /**
   * What is known before anything is started.
   *
   * @param program what the app is
   * @param keepDirectory whether logs and rendered configuration outlive the cluster
   * @param keepData whether the data of PostgreSQL and Redis does
   * @param balancerTemplate replaces shipped files of the balancer's configuration, by path relative to nginx.conf
   * @param progress who is told of what takes long, a line each, by any thread
   */
  record Request(Program program, boolean keepDirectory, boolean keepData, Map<String, String> balancerTemplate,
      Consumer<String> progress) {
    /** Takes a copy of the map. */
    public Request {
      balancerTemplate = Map.copyOf(balancerTemplate);
    }
  }
}
