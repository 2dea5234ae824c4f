package dev.scalable.lifecycle;

import dev.scalable.check.StatelessCheck;
import dev.scalable.config.ConfigException;
import dev.scalable.config.Settings;
import dev.scalable.health.HealthChecks;
import dev.scalable.health.Readiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service: its settings and its parts, not yet started. {@link #run()} is the life of a process, {@link #start()}
 * that of a test.
 */
public final class Service {

  private static final Logger log = LoggerFactory.getLogger(Service.class);

  private final Settings settings;
  private final @Nullable StatelessCheck stateless;
  private final List<Part> parts;
  private final Readiness readiness;
  private final Gate gate;

  private Service(Settings settings, @Nullable StatelessCheck stateless, Gate gate, List<Part> parts,
      Readiness readiness) {
    this.settings = settings;
    this.stateless = stateless;
    this.gate = gate;
    this.parts = parts;
    this.readiness = readiness;
  }

  /**
   * A service of parts that nobody checks for state, and that waits for nothing that it depends on.
   *
   * @param settings the settings, read by every part
   * @param parts the parts, in any order; started as {@link Part.Stage} says
   * @param readiness told where the service stands; new, and of no other service
   */
  public static Service of(Settings settings, Collection<Part> parts, Readiness readiness) {
    return new Service(settings, null, Gate.open(), ordered(parts), readiness);
  }

  /** A service of parts that nobody checks for state. */
  static Service of(Settings settings, HealthChecks checks, Collection<Part> parts, Readiness readiness) {
    return new Service(settings, null, Gate.of(checks), ordered(parts), readiness);
  }

  /**
   * A service of parts.
   *
   * @param settings the settings, read by every part
   * @param stateless run when the settings are right and before any part starts
   * @param checks those that are critical are waited for when all parts but those that let requests in have started
   * @param parts the parts, in any order; started as {@link Part.Stage} says
   * @param readiness told where the service stands; new, and of no other service
   */
  @API(status = API.Status.INTERNAL)
  public static Service of(Settings settings, StatelessCheck stateless, HealthChecks checks, Collection<Part> parts,
      Readiness readiness) {
    return new Service(settings, stateless, Gate.of(checks), ordered(parts), readiness);
  }

  private static List<Part> ordered(Collection<Part> parts) {
    List<Part> ordered = new ArrayList<>(parts);
    ordered.sort(Comparator.comparing(Part::stage).thenComparing(Part::name));
    return List.copyOf(ordered);
  }

  /**
   * Starts every part and returns, when every critical health check has found all well and not before. A service
   * starts once.
   *
   * @throws ConfigException if the settings have mistakes; nothing was started
   * @throws StatelessCheck.Failed if what answers requests keeps state; nothing was started
   * @throws IllegalStateException if a part could not start, or not in its time; every part was stopped again, or was given
   *     its time to stop, within 10 s
   */
  public Running start() {
    return start(() -> false);
  }

  /** Starts every part, unless it is told to give up before the last one was started. */
  Running start(BooleanSupplier givesUp) {
    settings.check();
    readiness.enter(Readiness.State.STARTING);
    long began = System.nanoTime();
    if (stateless != null) {
      stateless.run();
    }
    Started started = new Started(parts, readiness);
    boolean open = false;
    for (List<Part> together : waves()) {
      String step = together.getFirst().name();
      List<Starting> starting = new ArrayList<>();
      try {
        if (givesUp.getAsBoolean()) {
          throw new InterruptedException("told to end before it had started");
        }
        if (!open && together.getFirst().stage() == Part.Stage.TRAFFIC) {
          step = "the wait for the critical health checks";
          gate.pass();
          open = true;
        }
        together.forEach(part -> starting.add(Starting.of(part)));
        for (Starting one : starting) {
          step = one.part().name();
          one.await();
        }
      } catch (Exception | Error e) {
        Starting.giveUp(starting);
        started.giveUp();
        if (e instanceof InterruptedException) {
          // Only now: what is stopped may have to wait.
          Thread.currentThread().interrupt();
        }
        throw new IllegalStateException(
            "The service was not started: " + step + " failed: " + e.getMessage(), e);
      }
    }
    readiness.enter(Readiness.State.READY);
    log.info("started in {} ms: {}; scalable-core {} on Java {}, with {}",
        Duration.ofNanos(System.nanoTime() - began).toMillis(),
        parts.stream().map(Part::name).collect(Collectors.joining(", ")), version(), Runtime.version(),
        settings.effective());
    return started;
  }

  /** The parts in the order in which they start, those that start side by side together. */
  private List<List<Part>> waves() {
    List<List<Part>> waves = new ArrayList<>();
    List<Part> first = parts.stream().filter(part -> part.stage().compareTo(Part.Stage.CONNECTIONS) <= 0).toList();
    if (!first.isEmpty()) {
      waves.add(first);
    }
    parts.stream().skip(first.size()).forEach(part -> waves.add(List.of(part)));
    return waves;
  }

  /**
   * Starts every part, and returns when the process was told to end (SIGTERM, SIGINT) and every part has drained and
   * stopped. If it cannot start, prints why and ends the process: with 78 where another attempt would end alike, which
   * is for a mistake in the configuration and for state in what answers requests; else with 1. Told to end before it
   * has started, it gives up the start; told so a second time, it ends at once.
   */
  public void run() {
    new ServiceProcess(this).run();
  }

  /** As the jar's manifest says it. */
  private static String version() {
    String version = Service.class.getPackage().getImplementationVersion();
    return version == null ? "(not from a jar)" : version;
  }
}
