package dev.scalable.testkit.cli;

import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Sends what the origin report sent to a server that runs somewhere, and prints both side by side. */
final class OriginCommand {
  private static final Duration SUSTAINED = Duration.ofSeconds(5);
  private static final int WARM_UP = 2_000;

  private final URI uri;
  private final String path;
  private final String instanceHeader;

  private OriginCommand(URI uri, String path, String instanceHeader) {
    this.uri = uri;
    this.path = path;
    this.instanceHeader = instanceHeader;
  }

  /** Sends and prints; 0 if every request was answered well. */
  static int run(List<String> words, PrintStream out) {
    Arguments arguments = Arguments.parse(
        words, Set.of("--url", "--path", "--warm-up", "--instance-header"), Set.of());
    Optional<URI> uri = uri(arguments);
    String path = arguments.value("--path", "/");
    String header = arguments.value("--instance-header", "X-Instance-Id");
    if (path.startsWith("/")) {
      check(() -> Load.against(URI.create("http://127.0.0.1")).instanceHeader(header).get(path), arguments);
    } else {
      arguments.mistake("--path begins with a slash, not \"" + path + "\"");
    }
    int warmUp = arguments.number("--warm-up", WARM_UP, 0, 100_000);
    arguments.rest().forEach(word -> arguments.mistake("There is no option " + word));
    arguments.requireNoMistakes();
    return new OriginCommand(uri.orElseThrow(), path, header).run(warmUp, out);
  }

  private int run(int warmUp, PrintStream out) {
    LoadResult first = load("one request").closed(Load.users(1), Load.iterations(1)).run();
    if (first.ok() != 1) {
      out.println("GET " + uri + path + " is not answered with 2xx, so there is nothing to measure: "
          + first.byOutcome().keySet());
      return Main.FAILED;
    }
    out.println("GET " + uri + path + ", after " + warmUp + " requests to warm up; this takes about ten seconds");
    LoadResult concurrent = load("20 users x 10").warmUp(Load.requests(warmUp))
        .closed(Load.users(20), Load.iterations(10)).run();
    LoadResult stress = load("10 users x 50").closed(Load.users(10), Load.iterations(50)).run();
    LoadResult sustained = load("20 users for 5 s").closed(Load.users(20).during(SUSTAINED)).run();
    out.println("\n" + OriginFigures.table(concurrent, stress, sustained).text() + "\n");
    List<LoadResult> bad = List.of(concurrent, stress, sustained).stream()
        .filter(result -> result.ok() < result.scheduled()).toList();
    if (bad.isEmpty()) {
      out.println("Every request was answered. " + OriginFigures.summary(concurrent, stress));
      return Main.OK;
    }
    bad.forEach(result -> out.println(result.name() + ": " + (result.scheduled() - result.ok()) + " of "
        + result.scheduled() + " requests were not answered with 2xx; all by their end: " + result.byOutcome()));
    return Main.FAILED;
  }

  private Load load(String name) {
    return Load.against(uri).name(name).instanceHeader(instanceHeader).get(path);
  }

  private static Optional<URI> uri(Arguments arguments) {
    Optional<String> said = arguments.value("--url");
    if (said.isEmpty()) {
      arguments.mistake("--url http://HOST:PORT is missing: what shall be asked?");
      return Optional.empty();
    }
    return check(() -> Load.against(URI.create(said.get())), arguments) ? Optional.of(URI.create(said.get()))
        : Optional.empty();
  }

  /** Whether {@code said} can be; if not, its complaint is one of the mistakes. */
  private static boolean check(Runnable said, Arguments arguments) {
    try {
      said.run();
      return true;
    } catch (IllegalArgumentException e) {
      arguments.mistake(String.valueOf(e.getMessage()));
      return false;
    }
  }
}
