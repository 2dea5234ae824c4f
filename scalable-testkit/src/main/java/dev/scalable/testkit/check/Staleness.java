package dev.scalable.testkit.check;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * For how long instances showed an older version after a newer one was acknowledged, as seen by reads that were sent to
 * each of them directly, so that its own cache is asked. Immutable.
 *
 * <pre>{@code
 * Staleness staleness = Staleness.probe(cluster)
 *     .write(version -> Call.put("/items/1", "{\"price\":" + version + "}"))
 *     .read(Call.get("/items/1"), answer -> priceOf(answer))
 *     .writes(100)
 *     .run();
 * assertThat(staleness).maxAtMost(ofSeconds(2));
 * }</pre>
 */
public final class Staleness {
  private final List<Sample> samples;

  Staleness(List<Sample> samples) {
    this.samples = List.copyOf(samples);
  }

  /**
   * One write as seen on one instance.
   *
   * @param instance the instance
   * @param version what was written
   * @param time from the acknowledgement of the write to the start of the last read that showed an older version; zero
   *     if none did that began after the acknowledgement
   * @param shown whether the instance showed the version in the end; if not, the time is only the least
   */
  public record Sample(String instance, long version, Duration time, boolean shown) {}

  /** Begins the description of a probe; writes go through the balancer, reads to each instance that runs. */
  public static Probe probe(Cluster cluster) {
    Map<String, URI> instances = new LinkedHashMap<>();
    cluster.instances().stream().filter(Instance::isRunning).forEach(one -> instances.put(one.id(), one.uri()));
    return probe(cluster.uri(), instances);
  }

  /** Begins the description of a probe of any application: where writes go, and its instances by name. */
  public static Probe probe(URI writes, Map<String, URI> instances) {
    return new Probe(writes, instances);
  }

  /** Returns all samples, in the order of the writes. */
  public List<Sample> samples() {
    return samples;
  }

  /** Returns the longest time over all writes and instances. */
  public Duration max() {
    return samples.stream().map(Sample::time).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
  }

  /**
   * Returns the time that a share of all samples did not exceed.
   *
   * @param share at least 0 and below 1, such as 0.99, which needs 1,000 samples: 500 writes with two instances
   * @throws IllegalStateException if there are too few samples to say so
   */
  public Duration p(double share) {
    return p(share, samples);
  }

  private static Duration p(double share, List<Sample> samples) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("a percentile is given as a share from 0 to below 1, this is " + share);
    }
    if (!supports(share, samples)) {
      throw new IllegalStateException(
          "that percentile needs more than " + samples.size() + " samples: write more often");
    }
    List<Duration> sorted = samples.stream().map(Sample::time).sorted().toList();
    return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
  }

  boolean supports(double share) {
    return supports(share, samples);
  }

  /** Ten samples must lie beyond it, as for the times of requests. */
  private static boolean supports(double share, List<Sample> samples) {
    return samples.size() >= Math.round(10e9 / (1 - share)) / 1e9;
  }

  /** Returns a line for each instance. */
  @Override
  public String toString() {
    return samples.stream()
        .collect(Collectors.groupingBy(Sample::instance, LinkedHashMap::new, Collectors.toList()))
        .entrySet().stream()
        .map(entry -> entry.getKey() + ": " + told(entry.getValue()))
        .collect(Collectors.joining("\n  "));
  }

  private static String told(List<Sample> samples) {
    StringBuilder told = new StringBuilder(samples.size() + " writes seen");
    if (supports(0.5, samples)) {
      told.append(", p50 ").append(millis(p(0.5, samples)));
    }
    if (supports(0.99, samples)) {
      told.append(", p99 ").append(millis(p(0.99, samples)));
    }
    told.append(", max ").append(millis(new Staleness(samples).max()));
    long never = samples.stream().filter(sample -> !sample.shown()).count();
    return told + (never == 0 ? "" : ", " + never + " never shown");
  }

  static String millis(Duration time) {
    return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
  }

  /** Says what is written and read. Mutable, for one thread. */
  public static final class Probe {
    private final URI writesTo;
    private final Map<String, URI> instances;
    private @Nullable LongFunction<Call> write;
    private @Nullable Call read;
    private @Nullable ToLongFunction<Answer> version;
    private int writes = 100;
    private Duration giveUpAfter = Duration.ofSeconds(10);

    private Probe(URI writesTo, Map<String, URI> instances) {
      this.writesTo = writesTo;
      this.instances = new LinkedHashMap<>(instances);
    }

    /** Says how a version is written; each is one more than the one before. */
    public Probe write(LongFunction<Call> request) {
      this.write = request;
      return this;
    }

    /** Says how it is read, and which version an answer of 2xx shows. */
    public Probe read(Call request, ToLongFunction<Answer> shown) {
      this.read = request;
      this.version = shown;
      return this;
    }

    /** Says how often it is written; 100 times if it is not called. */
    public Probe writes(int count) {
      this.writes = count;
      return this;
    }

    /** Says how long an instance is asked for a version before it counts as never shown; 10 s if it is not called. */
    public Probe giveUpAfter(Duration time) {
      this.giveUpAfter = time;
      return this;
    }

    /**
     * Writes and reads. Before each write every instance has been read once, so that it has something to keep; from
     * then on it is read about every millisecond, until three reads in a row have shown the new version.
     *
     * @throws IllegalStateException if the description is not complete, or a write was not acknowledged
     */
    public Staleness run() {
      LongFunction<Call> writing = write;
      Call reading = read;
      ToLongFunction<Answer> shown = version;
      if (writing == null || reading == null || shown == null || instances.isEmpty() || writes < 1) {
        throw new IllegalStateException(
            "a probe of staleness needs write(...), read(...), at least one write and one running instance; it has "
                + writes + " writes and the instances " + instances.keySet());
      }
      try (StalenessRun run = new StalenessRun(writesTo, instances, writing, reading, shown, giveUpAfter)) {
        return new Staleness(run.samples(writes));
      }
    }
  }
}
