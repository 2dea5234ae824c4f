package dev.scalable.testkit.docker;

import dev.scalable.testkit.backend.Front;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.Place;
import dev.scalable.testkit.backend.Store;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The nodes of one cluster, which are to end in order. Safe for use by several threads. */
final class Nodes {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Room room;
  private final boolean keepData;
  private final Map<InetSocketAddress, String> keepers = new ConcurrentHashMap<>();
  private final Map<InetSocketAddress, App> apps = new ConcurrentHashMap<>();
  private volatile @Nullable Front balancer;
  private volatile @Nullable Store redis;
  private volatile Store.@Nullable Postgres postgres;

  /** The latest start in a place. */
  private record App(String container, ContainerNode node) {}

  Nodes(Room room, boolean keepData) {
    this.room = room;
    this.keepData = keepData;
  }

  Store.Postgres postgres(Store.Postgres started) {
    postgres = started;
    return started;
  }

  Store redis(Store started) {
    redis = started;
    return started;
  }

  Front balancer(Front started) {
    balancer = started;
    return started;
  }

  /** Notes which container keeps the address of a place. */
  Place place(Place place, String keeper) {
    keepers.put(place.upstream(), keeper);
    return place;
  }

  String keeperOf(Place place) {
    String keeper = keepers.get(place.upstream());
    if (keeper == null) {
      throw new IllegalArgumentException("not a place of this cluster: " + place);
    }
    return keeper;
  }

  /** Notes who is in a place, and removes the container that was there before. */
  Node app(Place place, String container, ContainerNode node) {
    App before = apps.put(place.upstream(), new App(container, node));
    if (before != null) {
      room.remove(List.of(before.container()));
    }
    return node;
  }

  /** Ends those that have a reason to end by themselves; afterwards all containers may be removed. */
  void end() {
    Front front = balancer;
    if (front != null) {
      end(List.of(front.node()), Node.Signal.TERM); // so that the access log is written to its end
    }
    end(apps.values().stream().map(App::node).toList(), Node.Signal.TERM);
    if (keepData) {
      Stream.of(redis, postgres)
          .flatMap(Stream::ofNullable)
          .filter(store -> store.node().isRunning())
          .forEach(Store::stop);
    }
  }

  /** Those that do not are killed when their containers are removed. */
  private static void end(List<? extends Node> nodes, Node.Signal signal) {
    nodes.forEach(node -> node.signal(signal));
    long end = System.nanoTime() + GRACE.toNanos();
    nodes.forEach(node -> node.endsWithin(Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
  }
}
