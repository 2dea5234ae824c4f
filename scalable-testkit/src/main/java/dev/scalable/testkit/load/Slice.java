package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a run that ended in one stretch of its time. The times are those of the successful ones, from their
 * intended starts. They are for pictures: a slice has too few requests to prove a percentile, see {@link Latency}.
 *
 * @param begin when it begins, since the start of the run
 * @param length how long it is
 * @param ok how many were answered as the check asked
 * @param failed how many certainly were not
 * @param dropped how many were not sent by the generator's own fault
 * @param indeterminate how many writes have an unknown effect
 * @param p50 the median response time; null if fewer than 2 were successful
 * @param p99 the time that 99 % did not exceed; null if fewer than 100 were successful
 * @param max the longest response time; null if none was successful
 * @param byInstance the number of answers by the instance that made them
 */
public record Slice(
    Duration begin,
    Duration length,
    int ok,
    int failed,
    int dropped,
    int indeterminate,
    @Nullable Duration p50,
    @Nullable Duration p99,
    @Nullable Duration max,
    Map<String, Integer> byInstance) {

  /** Cuts a run into slices of one length, from its start to its last request; none is left out. */
  static List<Slice> series(List<Exchange> exchanges, Duration length) {
    if (length.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("a slice is at least 1 ms long, this is " + length);
    }
    List<Builder> slices = new ArrayList<>();
    for (Exchange exchange : exchanges) {
      int number = Math.toIntExact(exchange.end().dividedBy(length));
      while (slices.size() <= number) {
        slices.add(new Builder());
      }
      slices.get(number).add(exchange);
    }
    List<Slice> series = new ArrayList<>();
    for (Builder slice : slices) {
      series.add(slice.build(length.multipliedBy(series.size()), length));
    }
    return List.copyOf(series);
  }

  private static final class Builder {
    private final Map<String, Integer> byInstance = new TreeMap<>();
    private long[] times = new long[64];
    private int ok;
    private int failed;
    private int dropped;
    private int indeterminate;

    void add(Exchange exchange) {
      String instance = exchange.instance();
      if (instance != null) {
        byInstance.merge(instance, 1, Integer::sum);
      }
      switch (exchange.fate()) {
        case OK -> {
          if (ok == times.length) {
            times = Arrays.copyOf(times, 2 * ok);
          }
          times[ok++] = exchange.responseTime().toNanos();
        }
        case FAILED -> failed++;
        case DROPPED -> dropped++;
        case INDETERMINATE -> indeterminate++;
      }
    }

    Slice build(Duration begin, Duration length) {
      Arrays.sort(times, 0, ok);
      return new Slice(
          begin, length, ok, failed, dropped, indeterminate,
          ok < 2 ? null : time(0.5), ok < 100 ? null : time(0.99), ok < 1 ? null : time(1),
          Map.copyOf(byInstance));
    }

    private Duration time(double share) {
      return Duration.ofNanos(times[(int) Math.ceil(share * ok) - 1]);
    }
  }
}
