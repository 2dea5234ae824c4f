package dev.scalable.testkit.link;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a link does to bytes, the same for all of its connections.
 *
 * @param latency added to a round trip, half of it on each way
 * @param jitter how far the latency goes up and down
 * @param nanosPerByte how long a byte keeps each way of the link busy; 0 for no bound
 * @param dark whether all bytes are lost
 * @param limit how many bytes a new connection may carry
 */
record Conditions(Duration latency, Duration jitter, double nanosPerByte, boolean dark, long limit) {
  static final long UNLIMITED = Long.MAX_VALUE;

  static final Conditions CLEAR = new Conditions(Duration.ZERO, Duration.ZERO, 0, false, UNLIMITED);

  Conditions withLatency(Duration time, Duration upAndDown) {
    return new Conditions(time, upAndDown, nanosPerByte, dark, limit);
  }

  Conditions withNanosPerByte(double nanos) {
    return new Conditions(latency, jitter, nanos, dark, limit);
  }

  Conditions darkened() {
    return new Conditions(latency, jitter, nanosPerByte, true, limit);
  }

  Conditions withLimit(long bytes) {
    return new Conditions(latency, jitter, nanosPerByte, dark, bytes);
  }

  /** Whether bytes may have to wait. */
  boolean delaying() {
    return nanosPerByte > 0 || !latency.isZero();
  }

  /** How long a byte is on its way; {@code luck} from -1 to 1 says where in the jitter it falls. */
  long delayNanos(double luck) {
    return (long) (latency.toNanos() + luck * jitter.toNanos()) / 2;
  }

  /** For a person: what differs from a clear link. */
  @Override
  public String toString() {
    List<String> faults = new ArrayList<>();
    if (!latency.isZero()) {
      faults.add("latency " + latency.toMillis() + " ms, up or down " + jitter.toMillis() + " ms");
    }
    if (nanosPerByte > 0) {
      faults.add("bandwidth " + Math.round(1e9 / nanosPerByte) + " bytes/s");
    }
    if (limit != UNLIMITED) {
      faults.add("at most " + limit + " bytes per connection");
    }
    if (dark) {
      faults.add("black hole");
    }
    return faults.isEmpty() ? "no fault" : String.join(", ", faults);
  }
}
