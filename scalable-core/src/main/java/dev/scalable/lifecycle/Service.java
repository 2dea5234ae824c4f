package dev.scalable.lifecycle;

import dev.scalable.check.StatelessCheck;
import dev.scalable.config.ConfigException;
import dev.scalable.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * A service: its settings and its parts, not yet started. {@link #run()} is the life of a process, {@link #start()} that of a
 * test.
 */
public final class Service {

  private static final Logger log = LoggerFactory.getLogger(Service.class);

  private static final int FAILED = 1;

  /** EX_CONFIG of sysexits.h, told apart so that nobody restarts such a service in a loop. */
  private static final int MISCONFIGURED = 78;

  private final Settings settings;
  private final @Nullable StatelessCheck stateless;
  private final List<Part> parts;

  private Service(Settings settings, @Nullable StatelessCheck stateless, List<Part> parts) {
    this.settings = settings;
    this.stateless = stateless;
    this.parts = parts;
  }

  /**
   * A service of parts that nobody checks for state.
   *
   * @param settings the settings, read by every part
   * @param parts the parts, in any order; those of one stage start in the order of their names
   */
  public static Service of(Settings settings, Collection<Part> parts) {
    return new Service(settings, null, ordered(parts));
  }

  /**
   * A service of parts.
   *
   * @param settings the settings, read by every part
   * @param stateless run when the settings are right and before any part starts
   * @param parts the parts, in any order; those of one stage start in the order of their names
   */
  public static Service of(Settings settings, StatelessCheck stateless, Collection<Part> parts) {
    return new Service(settings, stateless, ordered(parts));
  }

  private static List<Part> ordered(Collection<Part> parts) {
    List<Part> ordered = new ArrayList<>(parts);
    ordered.sort(Comparator.comparing(Part::stage).thenComparing(Part::name));
    return List.copyOf(ordered);
  }

  /**
   * Starts every part and returns.
   *
   * @throws ConfigException if the settings have mistakes; nothing was started
   * @throws StatelessCheck.Failed if what answers requests keeps state; nothing was started
   * @throws IllegalStateException if a part could not start; every part was stopped again
   */
  public Running start() {
    settings.check();
    long began = System.nanoTime();
    if (stateless != null) {
      stateless.run();
    }
    Started started = new Started(parts);
    for (Part part : parts) {
      try {
        part.start();
      } catch (Exception | Error e) {
        started.close();
        if (e instanceof InterruptedException) {
          // Only now: what is stopped may have to wait.
          Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("The service was not started: " + part.name() + " failed: " + e.getMessage(), e);
      }
    }
    log.info("started in {} ms on Java {} with {}", Duration.ofNanos(System.nanoTime() - began).toMillis(),
        Runtime.version(), settings.effective());
    return started;
  }

  /**
   * Starts every part, and returns when the process was told to end (SIGTERM, SIGINT) and every part has drained and stopped. If
   * it cannot start, prints why and ends the process: with 78 where another attempt would end alike, which is for a mistake in the
   * configuration and for state in what answers requests; else with 1.
   */
  public void run() {
    Running running;
    try {
      running = start();
    } catch (ConfigException | StatelessCheck.Failed e) {
      tell(e.getMessage(), null);
      Runtime.getRuntime().halt(MISCONFIGURED);
      return;
    } catch (RuntimeException e) {
      tell(e.getMessage(), e);
      Runtime.getRuntime().halt(FAILED);
      return;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Thread drain = new Thread(() -> {
      running.close();
      stopped.countDown();
    }, "drain");
    // The JVM waits for its shutdown hooks, so the process outlives SIGTERM until the drain has ended.
    Runtime.getRuntime().addShutdownHook(drain);
    try {
      stopped.await();
    } catch (InterruptedException e) {
      running.close();
      Thread.currentThread().interrupt();
    }
  }

  /** To the log; to standard error where there is no log, or else the service would end without a word. */
  @SuppressWarnings("SystemOut")
  private static void tell(@Nullable String message, @Nullable Throwable cause) {
    if (LoggerFactory.getILoggerFactory() instanceof NOPLoggerFactory) {
      System.err.println(message);
    } else {
      log.error("{}", message, cause);
    }
  }
}
