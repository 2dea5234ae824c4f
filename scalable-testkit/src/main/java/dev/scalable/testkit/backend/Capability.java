package dev.scalable.testkit.backend;

import java.util.Locale;
import org.apiguardian.api.API;

/** What can be done to a cluster, or be known of it, depending on where it runs. */
@API(status = API.Status.MAINTAINED)
public enum Capability {
  /** Ending an instance at once, by SIGKILL. */
  KILL,
  /** Asking an instance to end, by SIGTERM, starting it again at the same address, rolling restarts. */
  RESTART,
  /** Stopping an instance in the middle of what it does, and letting it go on. */
  PAUSE,
  /** Adding and removing instances. */
  RESIZE,
  /** Reloading the balancer, taking instances out of its rotation. */
  BALANCER_CONTROL,
  /** The balancer's access log. */
  ACCESS_LOG,
  /** The bare answer of the balancer that other loads are compared with. */
  CALIBRATION,
  /** Faults on the links from the instances to PostgreSQL and Redis. */
  LINK_FAULTS,
  /** Restarting PostgreSQL and Redis. */
  STORE_RESTART,
  /** A connection to the cluster's PostgreSQL. */
  POSTGRES,
  /** A connection to the cluster's Redis. */
  REDIS,
  /** Deleting all data of PostgreSQL and Redis, which a cluster that others use keeps. */
  RESET,
  /** The processor time of every node. */
  CPU_TIME,
  /** What every node printed. */
  LOGS;

  /** Its name in small letters, with blanks. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
