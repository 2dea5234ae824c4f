package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.history.Timeline;
import java.util.Set;
import java.util.TreeSet;

/** What may be done to the nodes of one cluster, and who is told when it was done. */
final class Faults {
  private final Set<Capability> capabilities;
  private final String where;
  private final Timeline timeline = new Timeline();

  Faults(Set<Capability> capabilities, String where) {
    this.capabilities = Set.copyOf(capabilities);
    this.where = where;
  }

  Set<Capability> capabilities() {
    return capabilities;
  }

  /** Refuses what cannot be done here. */
  void require(Capability needed) {
    if (!capabilities.contains(needed)) {
      throw new UnsupportedOperationException("this cluster (" + where + ") does not have the capability \"" + needed
          + "\"; it has " + new TreeSet<>(capabilities)
          + ": run this test on another backend, or mark it with @RequiresCapability");
    }
  }

  /** Notes that {@code what} was done to {@code node} just now. */
  void tell(String node, String what) {
    timeline.record(node, what);
  }

  Timeline timeline() {
    return timeline;
  }
}
