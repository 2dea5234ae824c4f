package dev.scalable.testkit.load;

import java.util.List;

/**
 * Where the requests of journeys go: all to one address, or each step to the next of several.
 *
 * @param targets the addresses, at least one
 */
record Route(List<Target> targets) {
  Target target(Journey journey, int step) {
    return targets.get(Math.floorMod(journey.number() + step, targets.size()));
  }
}
