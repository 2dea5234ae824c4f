package dev.scalable.testkit.report;

import java.time.Duration;
import java.util.List;

/**
 * What one node was during a run, without a gap from its start to its end.
 *
 * @param node its name
 * @param stretches in order of time
 */
record Lane(String node, List<Stretch> stretches) {

  /** What a node can be seen to be. */
  enum State {
    UP,
    STARTING,
    ENDING,
    PAUSED,
    DISTURBED,
    DOWN
  }

  /** One state over a time, since the start of the run. */
  record Stretch(State state, Duration from, Duration to) {}
}
