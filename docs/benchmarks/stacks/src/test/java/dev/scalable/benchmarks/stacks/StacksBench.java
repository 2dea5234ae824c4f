package dev.scalable.benchmarks.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.benchmarks.Machine;
import dev.scalable.benchmarks.figures.Endpoint;
import dev.scalable.benchmarks.figures.RawFile;
import dev.scalable.benchmarks.figures.Run;
import dev.scalable.benchmarks.figures.StacksPage;
import dev.scalable.benchmarks.figures.Window;
import dev.scalable.testkit.load.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Measures the starter and other stacks: the same application, data and SQL, two instances of each behind the same
 * Nginx, a PostgreSQL and a Redis of the same kind. Run by
 *
 * <pre>
 * mvn -Pbench -pl docs/benchmarks/stacks -am test -Dtest=StacksBench -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 *
 * <p>{@code -Dstacks=ours,fastapi} measures these alone, {@code -Dstacks.endpoints=ORDER} these requests alone. {@code
 * -Dstacks.rounds} says how many windows each stack has for each kind of request (5 if absent; half as many at a fixed
 * rate), {@code -Dstacks.seconds} how long one is (2), {@code -Dstacks.warmup} for how many seconds each stack is
 * warmed up with each kind of request (8).
 *
 * <p>It fails if one request fails, if stacks answer the same question differently, or if what orders left in a
 * database is not that of the orders that were confirmed. Times are written down, whatever they are: raw data while it
 * runs, and the page at its end.
 */
final class StacksBench {

  private static final int ROUNDS = Integer.getInteger("stacks.rounds", 5);
  private static final int OPEN_ROUNDS = (ROUNDS + 1) / 2;
  private static final Duration WINDOW = Duration.ofSeconds(Integer.getInteger("stacks.seconds", 2));
  private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("stacks.warmup", 8));

  /** What a JVM wants before it compiles well, a few times over. */
  private static final int WARM_UP_REQUESTS = 60_000;

  /** A p99 takes a thousand requests; a machine that cannot send them in a while does without. */
  private static final double OPEN_REQUESTS = 1_500;
  private static final long LONGEST_OPEN_MILLIS = 5 * WINDOW.toMillis();

  private static final Path FOLDER = Path.of("target", "stacks");

  @Test
  void all_stacks_side_by_side() throws Exception {
    Map<String, String> facts = Conditions.facts();
    System.out.println(Machine.line());
    List<Stack> stacks = Contestants.wanted();
    List<Stand> stands = new ArrayList<>();
    try {
      for (Stack stack : stacks) {
        stands.add(Stand.start(stack));
        facts.put(Run.STACK + stack.name(), stack.title());
        System.out.println(stack.name() + " is ready: " + stack.title());
      }
      List<List<String>> ours = answers(stands.getFirst());
      for (Stand stand : stands.subList(1, stands.size())) {
        assertThat(answers(stand)).as(stand.stack().name()).isEqualTo(ours);
      }
      facts.putAll(stands.getFirst().versions());
      RawFile raw = RawFile.begin(FOLDER.resolve("stacks.csv"), facts);
      for (Endpoint endpoint : Requests.wanted()) {
        measure(stands, endpoint, raw);
      }
      for (Stand stand : stands) {
        stand.checkEffects();
      }
      publish(raw);
    } finally {
      stands.forEach(Stand::close);
    }
  }

  private static void publish(RawFile raw) throws IOException {
    raw.add("ended", Conditions.now());
    raw.add("load after", Machine.load());
    String page = new StacksPage(raw.read()).markdown();
    Files.writeString(FOLDER.resolve("stacks.md"), page);
    System.out.printf("%n%s%nin %s%n", page, FOLDER.toAbsolutePath());
  }

  private static void measure(List<Stand> stands, Endpoint endpoint, RawFile raw) throws Exception {
    for (Stand stand : stands) {
      stand.turn(() -> {
        stand.warmUp(endpoint, WARM_UP, WARM_UP_REQUESTS);
        return stand;
      });
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Stand stand : stands) {
        int now = round;
        add(raw, stand.turn(() -> stand.closed(endpoint, now, WINDOW)));
      }
    }
    Run closed = raw.read();
    double rate = stands.stream()
        .mapToDouble(stand -> closed.figure(stand.stack().name(), endpoint, false, Window::perSecond).median())
        .min().orElseThrow() / 2;
    Duration time = Duration.ofMillis(
        Math.clamp(Math.round(1_000 * OPEN_REQUESTS / rate), WINDOW.toMillis(), LONGEST_OPEN_MILLIS));
    for (Stand stand : stands) {
      // To send at a rate is other code of the generator's: cold, it falls behind, then sends hundreds at once, to
      // whoever has the first turn.
      stand.turn(() -> stand.open(endpoint, 0, rate / 2, WINDOW));
    }
    for (int round = 0; round < OPEN_ROUNDS; round++) {
      for (Stand stand : stands) {
        int now = round;
        add(raw, stand.turn(() -> stand.open(endpoint, now, rate, time)));
      }
    }
  }

  private static void add(RawFile raw, Window window) throws IOException {
    System.out.println(window);
    raw.add(window);
  }

  /** What a stack says to some questions, in an order of its members that does not depend on who wrote them down. */
  private static List<List<String>> answers(Stand stand) throws Exception {
    return stand.turn(() -> {
      stand.order(3);
      return List.of(
          members(stand.ask(200, Call.get("/products/7")).text()),
          members(stand.ask(200, Call.get("/products/7")).text()),
          members(stand.ask(200, Shop.signedIn(Call.get("/orders/5"))).text()),
          // A new order, but for its time.
          members(stand.order(4).text().replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "now")));
    });
  }

  /** The members of an object without others in it. */
  private static List<String> members(String json) {
    return List.of(json.replaceAll("[{}\\s]", "").split(",")).stream().sorted().toList();
  }
}
