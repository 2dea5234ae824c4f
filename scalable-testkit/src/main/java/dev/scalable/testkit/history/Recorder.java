package dev.scalable.testkit.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what concurrent processes do to data. A process stands for one client; it may be a thread of the test or
 * be served by several, but does one operation at a time.
 *
 * <pre>{@code
 * Recorder recorder = Recorder.start().initially("stock", 10);
 * Recorder.Pending write = recorder.write("buyer-1", "stock", 9); // before the request is sent
 * write.ok();                         // once it is answered; or failed(why), or unknown(why)
 * History history = recorder.history();
 * }</pre>
 *
 * <p>What is said before an operation and after it brackets it in time, so invoke as late as possible and end as early.
 * Safe for use by several threads.
 */
public final class Recorder {
  private final long start = System.nanoTime();
  private final Map<String, @Nullable Object> initial = new HashMap<>();
  private final List<Operation> ended = new ArrayList<>();
  private final Map<String, Pending> pending = new LinkedHashMap<>();
  private int last;

  private Recorder() {}

  /** Returns a recorder whose clock starts now. */
  public static Recorder start() {
    return new Recorder();
  }

  /** Says what a key held before the first operation; if nothing is said it did not exist, and a counter was 0. */
  public synchronized Recorder initially(String key, @Nullable Object value) {
    initial.put(key, value);
    return this;
  }

  /**
   * A process begins to read a key.
   *
   * @throws IllegalStateException if an operation of the process has not ended, here and in the methods beside this one
   */
  public Pending read(String process, String key) {
    return invoke(process, Operation.Kind.READ, key, null, null);
  }

  /** A process begins to set a key to a value; null removes it. */
  public Pending write(String process, String key, @Nullable Object value) {
    return invoke(process, Operation.Kind.WRITE, key, null, value);
  }

  /**
   * A process begins to add an amount to a counter, or an element to a set. Null stands for an element that the system
   * itself chooses, such as an id; it is told with {@link Pending#ok(Object)}.
   */
  public Pending add(String process, String key, @Nullable Object value) {
    return invoke(process, Operation.Kind.ADD, key, null, value);
  }

  /** A process begins to set a key from an expected value to another; a refusal is told by {@link Pending#failed}. */
  public Pending compareAndSet(String process, String key, @Nullable Object expected, @Nullable Object value) {
    return invoke(process, Operation.Kind.CAS, key, expected, value);
  }

  /** Returns what was recorded so far; an operation that has not ended is in doubt. */
  public synchronized History history() {
    var all = new ArrayList<>(ended);
    Duration now = sinceStart();
    pending.values().forEach(
        open -> all.add(open.operation(open.value, Operation.End.UNKNOWN, "it had not ended", now)));
    return History.of(all, initial);
  }

  private Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private synchronized Pending invoke(
      String process, Operation.Kind kind, String key, @Nullable Object expected, @Nullable Object value) {
    Pending open = pending.get(process);
    if (open != null) {
      throw new IllegalStateException(
          "the process '" + process + "' cannot " + kind + " '" + key + "': its operation "
              + open.operation(open.value, Operation.End.UNKNOWN, "", sinceStart())
              + " has not ended; a process does one operation at a time, so end it or use another process");
    }
    Pending invoked = new Pending(++last, process, kind, key, expected, value, sinceStart());
    pending.put(process, invoked);
    return invoked;
  }

  /** An operation that was invoked and has not ended. It is ended once, by any thread. */
  public final class Pending {
    private final int number;
    private final String process;
    private final Operation.Kind kind;
    private final String key;
    private final @Nullable Object expected;
    private final @Nullable Object value;
    private final Duration invoked;

    private Pending(
        int number, String process, Operation.Kind kind, String key, @Nullable Object expected, @Nullable Object value,
        Duration invoked) {
      this.number = number;
      this.process = process;
      this.kind = kind;
      this.key = key;
      this.expected = expected;
      this.value = value;
      this.invoked = invoked;
    }

    /** It was acknowledged; not for a read, which has to tell what it saw. */
    public Operation ok() {
      if (kind == Operation.Kind.READ) {
        throw new IllegalStateException("a read of '" + key + "' ends with ok(what it saw); null if there was nothing");
      }
      return end(value, Operation.End.OK, "");
    }

    /** It was acknowledged, with what a read saw, or the element that the system chose for an addition. */
    public Operation ok(@Nullable Object seen) {
      return end(seen, Operation.End.OK, "");
    }

    /** It certainly has no effect, now or later, for example because it was refused. */
    public Operation failed(String why) {
      return end(value, Operation.End.FAILED, why);
    }

    /** Nobody can say whether it took effect or still will. */
    public Operation unknown(String why) {
      return end(value, Operation.End.UNKNOWN, why);
    }

    /**
     * It ended as a request did that was not answered well. A read has failed then, since it has no effect. A write has
     * failed if it was not sent or was refused, with a status below 500 or a 503; any other end leaves it in doubt, a
     * 500 too: an application may break after its commit.
     *
     * @throws IllegalArgumentException if the outcome is {@link Outcome.Ok}: then say {@link #ok}
     */
    public Operation unanswered(Outcome outcome) {
      if (outcome instanceof Outcome.Ok) {
        throw new IllegalArgumentException("the operation on '" + key + "' was answered well: end it with ok");
      }
      boolean certain = kind == Operation.Kind.READ || switch (outcome) {
        case Outcome.BadStatus bad -> bad.status() < 500 || bad.status() == 503;
        case Outcome.CheckFailed answered -> false;
        default -> outcome.fate(true) != Fate.INDETERMINATE;
      };
      return certain ? failed(outcome.reason()) : unknown(outcome.reason());
    }

    private Operation end(@Nullable Object seen, Operation.End end, String note) {
      Duration now = sinceStart();
      synchronized (Recorder.this) {
        if (!pending.remove(process, this)) {
          throw new IllegalStateException(
              "operation #" + number + " of '" + process + "' on '" + key + "' has ended already");
        }
        Operation done = operation(seen, end, note, now);
        ended.add(done);
        return done;
      }
    }

    private Operation operation(@Nullable Object seen, Operation.End end, String note, Duration now) {
      return new Operation(number, process, kind, key, expected, seen, invoked, now, end, note);
    }
  }
}
