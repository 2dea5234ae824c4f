package dev.scalable.testkit.check;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Action;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on a cluster as a whole: that its instances keep nothing that another would need. Each goes the same way
 * first on the first instance alone, which has to work, and then in a way that an instance with a state of its own
 * would not survive. A failing one names the step, the instance and both answers.
 */
public final class ClusterAssert extends AbstractAssert<ClusterAssert, Cluster> {
  private static final Action NOTHING = () -> {};
  private static final Duration GRACE = Duration.ofSeconds(40);

  ClusterAssert(Cluster actual) {
    super(actual, ClusterAssert.class);
  }

  /**
   * Holds if all three of {@link #survivesRotation}, {@link #answersAsOneInstance} and {@link #survivesRestarts} do.
   */
  public ClusterAssert isStateless(Steps steps) {
    return survivesRotation(steps).answersAsOneInstance(steps).survivesRestarts(steps);
  }

  /**
   * Holds if every step is answered well when each is sent to another instance than the one before, past the balancer;
   * with each instance as the first once.
   */
  public ClusterAssert survivesRotation(Steps steps) {
    Walk alone = alone(steps);
    for (int first = 0; first < running().size(); first++) {
      requireGood(steps, Walk.go(steps, "with each step on another instance", rotation(first), NOTHING), alone);
    }
    return this;
  }

  /**
   * Holds if every step is answered well when all instances are restarted between any two steps; the steps go through
   * the balancer. All instances run afterwards.
   */
  public ClusterAssert survivesRestarts(Steps steps) {
    Walk alone = alone(steps);
    Walk.Place balancer = balancer();
    requireGood(
        steps,
        Walk.go(steps, "with all instances restarted between the steps", step -> balancer, () ->
            running().forEach(instance -> instance.restart(GRACE))),
        alone);
    return this;
  }

  /**
   * Holds if the same steps get the same answers from one instance alone and from all of them, each step on another one
   * and through the balancer: the same status, Content-Type and body, except for what the steps mask.
   */
  public ClusterAssert answersAsOneInstance(Steps steps) {
    Walk alone = alone(steps);
    requireSame(steps, Walk.go(steps, "on one instance once more", step -> place(running().get(0)), NOTHING), alone);
    for (int first = 0; first < running().size(); first++) {
      requireSame(steps, Walk.go(steps, "with each step on another instance", rotation(first), NOTHING), alone);
    }
    Walk.Place balancer = balancer();
    requireSame(steps, Walk.go(steps, "through the balancer", step -> balancer, NOTHING), alone);
    return this;
  }

  private Walk alone(Steps steps) {
    isNotNull();
    if (running().size() < 2) {
      failWithMessage("%s", "a state that is kept in one instance shows only with two, and there run " + running());
    }
    Walk alone = Walk.go(steps, "on one instance alone", step -> place(running().get(0)), NOTHING);
    if (!alone.good()) {
      failWithMessage(
          "%s", steps + " does not even work on one instance alone: the step '" + alone.trace().getLast().step()
              + "', " + alone.trace().getLast().bad() + alone.lines() + "\n  in " + actual);
    }
    return alone;
  }

  private void requireGood(Steps steps, Walk walk, Walk alone) {
    if (!walk.good()) {
      fail(steps, walk, alone, walk.trace().size() - 1, "is not answered well");
    }
  }

  private void requireSame(Steps steps, Walk walk, Walk alone) {
    requireGood(steps, walk, alone);
    for (int step = 0; step < walk.trace().size(); step++) {
      String one = steps.masked(alone.trace().get(step).answered());
      String other = steps.masked(walk.trace().get(step).answered());
      if (!Objects.equals(one, other)) {
        fail(steps, walk, alone, step, "is answered otherwise; if it should be, say maskingField(...) or masking(...)");
      }
    }
  }

  private void fail(Steps steps, Walk walk, Walk alone, int step, String how) {
    Walk.Trace wrong = walk.trace().get(step);
    Walk.Trace right = alone.trace().get(step);
    failWithMessage(
        "%s", "expected " + steps + " to need no state of an instance, but " + walk.how() + " the step '" + wrong.step()
            + "' on " + wrong.place().name() + " " + how
            + "\n  there:              " + wrong.told()
            + "\n  on " + right.place().name() + " alone:     " + right.told()
            + "\n  the whole way:" + walk.lines() + "\n  in " + actual);
  }

  private IntFunction<Walk.Place> rotation(int first) {
    List<Instance> instances = running();
    return step -> place(instances.get((first + step) % instances.size()));
  }

  private List<Instance> running() {
    return actual.instances().stream().filter(Instance::isRunning).toList();
  }

  private Walk.Place balancer() {
    isNotNull();
    return new Walk.Place("the balancer", actual.uri());
  }

  private static Walk.Place place(Instance instance) {
    return new Walk.Place(instance.id(), instance.uri());
  }
}
