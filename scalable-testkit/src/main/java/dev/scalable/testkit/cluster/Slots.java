package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Exit;
import dev.scalable.testkit.backend.Place;
import dev.scalable.testkit.backend.Probe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * The places for instances, and who is in them. Nginx knows the addresses of all from the beginning: a new instance joins
 * without a reload, which would cost clients of an older Nginx their requests.
 */
final class Slots {
  /** Makes an instance for a place, without starting it. */
  @FunctionalInterface interface Factory {
    Instance instance(Place place);
  }

  private final int wanted;
  private final List<Place> places;
  private final SortedMap<Integer, Instance> instances;
  private final Balancer balancer;
  private final Factory factory;

  /**
   * Takes over started instances.
   *
   * @param wanted how many there are to be
   * @param places that of number n at n - 1
   * @param instances by number; changed, and read by other threads meanwhile
   */
  Slots(int wanted, List<Place> places, SortedMap<Integer, Instance> instances, Balancer balancer, Factory factory) {
    this.wanted = wanted;
    this.places = List.copyOf(places);
    this.instances = instances;
    this.balancer = balancer;
    this.factory = factory;
    instances.values().forEach(instance -> instance.servedBy(balancer));
  }

  List<Instance> all() {
    return List.copyOf(instances.values());
  }

  /** How many places nobody is in. */
  int free() {
    return places.size() - instances.size();
  }

  Instance get(int number) {
    Instance instance = instances.get(number);
    if (instance == null) {
      throw new IllegalArgumentException("there is no instance " + number + "; there are " + instances.keySet());
    }
    return instance;
  }

  synchronized Instance add() {
    int number = IntStream.rangeClosed(1, places.size())
        .filter(candidate -> !instances.containsKey(candidate))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("all " + places.size()
            + " places for instances are taken: start the cluster with a greater maxInstances"));
    Instance instance = factory.instance(places.get(number - 1));
    instance.servedBy(balancer);
    if (balancer.isDown(instance)) { // its predecessor was
      balancer.markUp(instance);
    }
    try {
      instance.start();
    } catch (RuntimeException e) {
      instance.kill();
      throw e;
    }
    instances.put(number, instance);
    return instance;
  }

  synchronized Exit remove(int number, Duration grace) {
    Exit exit = get(number).terminate(grace);
    instances.remove(number);
    return exit;
  }

  /** One after the other, paced by what the balancer is seen to do: capacity is never short of more than one. */
  synchronized void rollingRestart(RollingPolicy policy) {
    for (Instance instance : all()) {
      for (Instance other : all()) {
        if (other != instance && !balancer.isDown(other)) {
          balancer.awaitServing(other, 1, policy.grace());
        }
      }
      Exit exit = instance.terminate(policy.grace());
      if (exit.code() != 0 && exit.code() != 143) {
        throw new ClusterException("the rolling restart ended at " + instance.id() + ", which ended with exit code "
            + exit.code() + " after " + exit.took().toMillis() + " ms, and not with 0 or 143; the others run"
            + instance.lastLines());
      }
      instance.start();
      if (!balancer.isDown(instance)) {
        balancer.awaitServing(instance, policy.timesServed(), policy.grace());
      }
      if (instance.endsWithin(policy.soak())) {
        throw new ClusterException("the rolling restart ended at " + instance.id() + ", which ended within "
            + policy.soak().toMillis() + " ms after it had answered; the others run"
            + instance.lastLines());
      }
    }
  }

  /** The places where no instance runs and yet somebody takes connections, a sentence for each. */
  synchronized List<String> busyWithoutInstance() {
    return places.stream()
        .filter(place -> !Optional.ofNullable(instances.get(place.number())).map(Instance::isRunning).orElse(false))
        .filter(place -> Probe.takesConnections(place.uri()))
        .map(place -> "somebody listens at " + place.uri() + ", the place of " + place.id() + ", which does not run")
        .toList();
  }

  /** Makes it as it was after the start. */
  synchronized void restore() {
    for (Instance instance : all()) {
      instance.unpause();
      if (instance.number() > wanted && instance.isRunning()) {
        remove(instance.number(), RollingPolicy.standard().grace());
      } else if (instance.number() > wanted) {
        instances.remove(instance.number());
      } else if (!instance.isRunning()) {
        instance.start();
      }
    }
    while (instances.size() < wanted) {
      add();
    }
    all().forEach(instance -> balancer.awaitServing(instance, 1, RollingPolicy.standard().grace()));
  }
}
