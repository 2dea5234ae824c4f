package dev.scalable.testkit.report;

import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.report.Lane.State;
import dev.scalable.testkit.report.Lane.Stretch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What nodes were, read from what happened to them. */
final class Nodes {
  /** Nodes that carry load but serve nothing by themselves. */
  private static final Set<String> OTHERS = Set.of("client", "nginx", "balancer", "redis", "valkey", "toxiproxy");

  /** Words that tell a state when they begin a word of what happened; the first that is found counts. */
  private static final Map<String, State> WORDS = words();

  private Nodes() {}

  /** Whether the CPU time of a node is time spent on serving. */
  static boolean serves(String node) {
    return !OTHERS.contains(node.toLowerCase(Locale.ROOT));
  }

  /**
   * The lanes of all nodes that something happened to, after those of the instances, which are up as long as nothing
   * else is known of them.
   */
  static List<Lane> lanes(Collection<String> instances, List<Event> events, Duration end) {
    Map<String, List<Event>> byNode = new LinkedHashMap<>();
    instances.forEach(instance -> byNode.put(instance, new ArrayList<>()));
    events.forEach(each -> byNode.computeIfAbsent(each.node(), node -> new ArrayList<>()).add(each));
    List<Lane> lanes = new ArrayList<>();
    byNode.forEach((node, happened) -> lanes.add(lane(node, happened, end)));
    return lanes;
  }

  private static Lane lane(String node, List<Event> happened, Duration end) {
    List<Stretch> stretches = new ArrayList<>();
    State state = first(happened);
    Duration from = Duration.ZERO;
    for (int i = 0; i < happened.size(); i++) {
      State next = after(happened, i);
      Duration at = happened.get(i).at();
      if (next != null && next != state && at.compareTo(end) < 0) {
        if (at.compareTo(from) > 0) {
          stretches.add(new Stretch(state, from, at));
        }
        state = next;
        from = at;
      }
    }
    stretches.add(new Stretch(state, from, end));
    return new Lane(node, List.copyOf(stretches));
  }

  /** Before the first thing happens a node is up, unless that thing is its start. */
  private static State first(List<Event> happened) {
    return !happened.isEmpty() && after(happened, 0) == State.STARTING ? State.DOWN : State.UP;
  }

  /** The state that something leads to; a start is one of its own only if the node is said to be ready later. */
  private static @Nullable State after(List<Event> happened, int index) {
    State state = state(happened.get(index).what());
    if (state != State.STARTING) {
      return state;
    }
    boolean readyLater = happened.stream()
        .skip(index + 1L)
        .map(each -> state(each.what()))
        .filter(later -> later != null && later != State.STARTING)
        .findFirst()
        .filter(later -> later == State.UP)
        .isPresent();
    return readyLater ? State.STARTING : State.UP;
  }

  private static @Nullable State state(String what) {
    String padded = " " + what.toLowerCase(Locale.ROOT);
    return WORDS.entrySet().stream()
        .filter(word -> padded.contains(" " + word.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private static Map<String, State> words() {
    Map<String, State> words = new LinkedHashMap<>();
    for (String up : List.of("ready", "serv", "resum", "restor", "marked up", "up", "added", "restarted")) {
      words.put(up, State.UP);
    }
    words.put("start", State.STARTING);
    words.put("launch", State.STARTING);
    for (String ending : List.of("terminating", "stopping", "drain")) {
      words.put(ending, State.ENDING);
    }
    for (String paused : List.of("pause", "froze", "freez")) {
      words.put(paused, State.PAUSED);
    }
    for (String disturbed : List.of("latency", "slow", "bandwidth", "limit", "half")) {
      words.put(disturbed, State.DISTURBED);
    }
    for (String down : List.of(
        "kill", "terminat", "stop", "end", "exit", "crash", "remov", "cut", "black", "reset", "refus", "marked down",
        "down")) {
      words.put(down, State.DOWN);
    }
    return words;
  }
}
