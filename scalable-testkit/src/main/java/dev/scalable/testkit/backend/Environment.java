package dev.scalable.testkit.backend;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The room that one cluster runs in. {@code cluster} decides what is started in which order; an environment knows how.
 * Each method that starts something returns when it is ready to be used, unless it says otherwise, and throws {@link
 * ClusterException} with the last log lines when that did not happen. Safe for use by several threads: PostgreSQL, Redis
 * and instances are started at once.
 */
public interface Environment extends AutoCloseable {
  /** What it is made of, with versions, in one line. */
  String description();

  /** What can be done here. */
  Set<Capability> capabilities();

  /** Prepares what takes long and depends on nothing: finds or fetches the balancer's program. */
  void prepare();

  /**
   * Starts PostgreSQL.
   *
   * @param data the folder where its data is kept, or null to throw the data away with the cluster
   */
  Store.Postgres postgres(@Nullable Path data);

  /**
   * Starts Redis (or Valkey).
   *
   * @param data the folder where its data is kept, or null to throw the data away with the cluster
   */
  Store redis(@Nullable Path data);

  /** The address of this machine at which instances can reach a listener of this JVM. */
  InetAddress reachableByApps();

  /** Reserves a place for the instance {@code number}; another one at each call. */
  Place place(int number);

  /** Starts an instance, and returns at once. */
  Node launch(Place place, Launch launch);

  /** Runs a program to its end, as a step before the instances. */
  void run(Launch launch, Duration limit);

  /**
   * Starts the balancer.
   *
   * @param places where instances are or may come, by number
   * @param port on 127.0.0.1 where clients come in; 0 for any
   */
  Front balancer(List<Place> places, int port);

  /** Where rendered configuration and logs are. */
  Path directory();

  /** Has the directory outlive the cluster. */
  void keepDirectory();

  /** What every node printed, those too that have ended. */
  List<NodeLog> logs();

  /**
   * Processes that instances have left: they run, and the instance that started them does not. One sentence for each.
   * Where an instance takes all of its processes with it, as a container does, there are none.
   */
  default List<String> strays() {
    return List.of();
  }

  /**
   * Ends all nodes, in the order balancer, app, Redis, PostgreSQL, gives back what was reserved, and deletes the
   * directory unless it is to be kept. Instances get five seconds to end by themselves. A second call does nothing.
   *
   * @throws ClusterException if nodes cannot be ended, naming them; the directory stays, and a second call tries again
   */
  @Override
  void close();
}
