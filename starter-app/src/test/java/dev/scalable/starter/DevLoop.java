package dev.scalable.starter;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.cluster.RollingPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Has a running cluster follow its sources: what is saved is compiled, and the instances are replaced one after the
 * other, so that somebody always answers. What does not compile, does not migrate or does not start leaves the old ones
 * where they are.
 *
 * <p>An instance finds its class path in a file when it starts, and it is that file which changes: so one that is
 * killed and started by hand runs what was last known to work, too.
 */
final class DevLoop implements AutoCloseable {

  private static final long LOOK_EVERY_MILLIS = 150;
  private static final int ERRORS_SHOWN = 5;
  private static final Duration GRACE = Duration.ofSeconds(40);

  private final Path main;
  private final Path work;
  private final Path arguments;
  private final Consumer<String> say;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Thread thread;
  private volatile @Nullable Cluster cluster;
  private int made;
  private Sources running;
  private Generation current;

  private DevLoop(Path main, Path work, Consumer<String> say) throws IOException {
    this.main = main;
    this.work = work;
    this.arguments = work.resolve("arguments");
    this.say = say;
    this.running = Sources.in(main);
    this.current = generation(running);
  }

  /**
   * Compiles the service, for a cluster that is yet to be started.
   *
   * @param main a folder as {@code src/main} is one
   * @param say who is told of what goes on, by a thread of this loop
   * @throws IllegalStateException if it does not compile, with the errors
   */
  static DevLoop of(Path main, Consumer<String> say) throws IOException {
    Path work = Files.createTempDirectory("dev-loop-");
    DevLoop loop = new DevLoop(main.toAbsolutePath(), work, say);
    Runtime.getRuntime().addShutdownHook(new Thread(loop::end));
    if (!loop.current.errors().isEmpty()) {
      loop.close();
      throw new IllegalStateException(loop.told(loop.current.errors()) + "\nNothing was started.");
    }
    loop.use(loop.current);
    return loop;
  }

  /**
   * The app, run from what this compiles, as it is replaced soonest. By the JVM's compiler that is ready first, as it
   * will not run for long. And it does not wait until Nginx has closed its idle connections, which takes 5 s: what is
   * sent on one at that moment, Nginx sends again to another instance, but for a POST or PATCH without a key.
   */
  AppSpec runs(AppSpec app) {
    return app.jvm("-XX:TieredStopAtLevel=1", "@" + arguments).env("SCALABLE_DRAIN_TIMEOUT", "1s");
  }

  /** Begins to follow the sources. */
  void follow(Cluster started) {
    cluster = started;
    thread = Thread.ofPlatform().daemon().name("dev-loop").start(() -> look(started));
  }

  /** On Ctrl-C: the folder goes last, as instances that are told to end still read classes. */
  private void end() {
    closed.countDown();
    Cluster followed = cluster;
    if (followed != null) {
      followed.close(); // which its own hook does, too; a second time does nothing
    }
    close();
  }

  private void look(Cluster cluster) {
    Sources before = running;
    Sources tried = running;
    try {
      while (!closed.await(LOOK_EVERY_MILLIS, MILLISECONDS)) {
        Sources now = Sources.in(main);
        // A burst of saves is over when two looks agree.
        if (!now.equals(tried) && now.equals(before)) {
          List<Path> changed = now.changedSince(tried);
          tried = now;
          attempt(cluster, now, changed);
        }
        before = now;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      say.accept("  the sources are no longer followed: " + e);
    }
  }

  /** Whatever goes wrong is told, and the next save is the next attempt. */
  private void attempt(Cluster cluster, Sources now, List<Path> changed) throws IOException {
    Instant saved = changed.stream().map(now.files()::get).filter(state -> state != null).map(Sources.State::changed)
        .max(Instant::compareTo).orElseGet(Instant::now);
    say.accept(changed.stream().map(file -> file.getFileName().toString())
        .collect(Collectors.joining(", ", "\n  saved ", "")));
    long begin = System.nanoTime();
    Generation next = generation(now);
    if (!next.errors().isEmpty()) {
      next.delete();
      say.accept(told(next.errors()) + "\n  Nothing was restarted: the instances go on as they are.");
      return;
    }
    say.accept(String.format(Locale.ROOT, "  compiled in %.1f s", (System.nanoTime() - begin) / 1e9));
    try {
      if (replace(cluster, now, next)) {
        say.accept(String.format(Locale.ROOT, "  all instances run it, %.1f s after it was saved",
            Duration.between(saved, Instant.now()).toMillis() / 1e3));
        current.delete();
        current = next;
        running = now;
      } else {
        next.delete();
      }
    } catch (RuntimeException e) {
      say.accept("  Not all instances came back, and the next save tries again: " + e.getMessage());
    }
  }

  /** Whether all instances run it now. */
  private boolean replace(Cluster cluster, Sources now, Generation next) throws IOException {
    use(next);
    Map<Integer, Long> processes = new HashMap<>();
    try {
      Path migrations = main.resolve("resources").resolve("db");
      if (now.changedSince(running).stream().anyMatch(file -> file.startsWith(migrations))) {
        cluster.migrate();
        say.accept("  migrated");
      }
      for (Instance instance : cluster.instances()) {
        if (!instance.isRunning()) {
          instance.start();
        }
        instance.resume();
        processes.put(instance.number(), instance.pid());
      }
      cluster.rollingRestart(RollingPolicy.standard().soak(Duration.ZERO));
      return true;
    } catch (RuntimeException e) {
      if (closed.getCount() > 0) { // else it failed since all is being ended
        use(current);
        say.accept("  " + withoutAccessLines(e));
        restoreThoseThatWereReplaced(cluster, processes);
        say.accept("  The instances run what they ran before.");
      }
      return false;
    }
  }

  private static void restoreThoseThatWereReplaced(Cluster cluster, Map<Integer, Long> processes) {
    for (Instance instance : cluster.instances()) {
      if (!instance.isRunning()) {
        instance.start();
      } else if (!processes.getOrDefault(instance.number(), instance.pid()).equals(instance.pid())) {
        instance.restart(GRACE);
      }
    }
  }

  private Generation generation(Sources sources) throws IOException {
    return Generation.of(main, sources, work.resolve("classes-" + ++made));
  }

  /** What instances run from when they are started from now on. At no moment is there half a file. */
  private void use(Generation generation) throws IOException {
    Path whole = Files.writeString(work.resolve("arguments-next"), generation.arguments());
    Files.move(whole, arguments, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Why an instance did not start is said by the last lines of its log, among those about the requests before. */
  private static String withoutAccessLines(RuntimeException failure) {
    return String.valueOf(failure.getMessage()).lines().filter(line -> !line.contains("\"remote_addr\":"))
        .collect(Collectors.joining("\n"));
  }

  /** With paths as they are seen from where the command was given. */
  private String told(List<String> errors) {
    String here = Path.of("").toAbsolutePath() + "/";
    String more = errors.size() > ERRORS_SHOWN ? "\n(and " + (errors.size() - ERRORS_SHOWN) + " more errors)" : "";
    return errors.stream().limit(ERRORS_SHOWN).map(error -> error.replace(here, ""))
        .collect(Collectors.joining("\n", "", more));
  }

  /** Stops following the sources, once what is being done is done, and deletes what was compiled. */
  @Override
  public void close() {
    closed.countDown();
    Thread follower = thread;
    try {
      if (follower != null) {
        follower.join(GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (Files.exists(work)) {
      Generation.delete(work);
    }
  }
}
