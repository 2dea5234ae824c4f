package dev.scalable.testkit.noise;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Watches the machine while something is measured on it, by a thread of its own that sleeps a millisecond at a time and
 * costs about one percent of a processor.
 *
 * <p>Safe for use by several threads. Several meters may run at once.
 */
public final class NoiseMeter implements AutoCloseable {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private static final long LOAD_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

  private final Hiccups hiccups = new Hiccups(Thread::sleep, System::nanoTime);
  private final Thread watcher = Thread.ofPlatform().daemon().name("testkit-noise").unstarted(this::watch);
  private final Optional<CpuTimes> cpuBefore = CpuTimes.now();
  private final long processBefore = SYSTEM.getProcessCpuTime();
  private final Duration gcBefore = gcTime();
  private final long begin = System.nanoTime();
  private volatile boolean stopped;
  private double highestLoad = Double.NaN;
  private @Nullable Noise noise;

  private NoiseMeter() {}

  /** Starts a meter. It runs until {@link #stop()}, or the end of the JVM, which it does not keep from ending. */
  public static NoiseMeter start() {
    NoiseMeter meter = new NoiseMeter();
    meter.watcher.start();
    return meter;
  }

  /**
   * Ends the watching and returns what was seen since the start. Its thread has ended then. A second call returns the
   * same again. An interrupt of the caller is kept for later.
   */
  public synchronized Noise stop() {
    if (noise == null) {
      stopped = true;
      watcher.interrupt();
      joinWatcher();
      noise = seen();
    }
    return noise;
  }

  /** Does what {@link #stop()} does. */
  @Override
  public void close() {
    stop();
  }

  private void watch() {
    sampleLoad();
    long nextSample = System.nanoTime() + LOAD_EVERY_NANOS;
    while (!stopped) {
      try {
        hiccups.sleepOnce();
      } catch (InterruptedException told) {
        break;
      }
      if (System.nanoTime() - nextSample > 0) {
        sampleLoad();
        nextSample += LOAD_EVERY_NANOS;
      }
    }
    sampleLoad();
  }

  private void sampleLoad() {
    double load = SYSTEM.getSystemLoadAverage();
    if (load >= 0 && !(load <= highestLoad)) {
      highestLoad = load;
    }
  }

  private Noise seen() {
    Optional<CpuTimes> cpu = CpuTimes.now();
    return new Noise(
        hiccups.p99(),
        hiccups.max(),
        cpu.isPresent() && cpuBefore.isPresent()
            ? cpu.get().stealShareSince(cpuBefore.get()) : OptionalDouble.empty(),
        cpu.isPresent() && cpuBefore.isPresent()
            ? cpu.get().busyShareSince(cpuBefore.get()) : OptionalDouble.empty(),
        Double.isNaN(highestLoad) ? OptionalDouble.empty() : OptionalDouble.of(highestLoad),
        generatorShare(),
        gcTime().minus(gcBefore));
  }

  private OptionalDouble generatorShare() {
    long now = SYSTEM.getProcessCpuTime();
    if (now < 0 || processBefore < 0) {
      return OptionalDouble.empty();
    }
    double possible = (double) (System.nanoTime() - begin) * SYSTEM.getAvailableProcessors();
    return OptionalDouble.of(Math.clamp((now - processBefore) / possible, 0, 1));
  }

  /** Without the concurrent cycles that some collectors count as well: nothing stands still for them. */
  private static Duration gcTime() {
    return Duration.ofMillis(ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(collector -> !collector.getName().contains("Cycles"))
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .filter(time -> time > 0)
        .sum());
  }

  private void joinWatcher() {
    boolean interrupted = false;
    while (watcher.isAlive()) {
      try {
        watcher.join();
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
