package dev.scalable.redis;

import dev.scalable.check.SharedState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves a server alone that does not answer, so that callers do not wait for it one after the other.
 *
 * <p>It opens when a number of calls in a row got no answer. While it is open calls are refused, but for one in a
 * second, which tries; the first answer closes it, also one to a call from before. That the server refuses a command is
 * an answer. While it is closed, a call that is answered reads two fields and writes none.
 */
@SharedState("whether this instance reaches a server, which each finds out for itself")
final class Breaker {

  /** As many calls in a row without an answer open it. */
  static final int IN_A_ROW = 5;

  /** The time between two tries. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(Breaker.class);

  private final Supplier<String> server;
  private final LongSupplier clock;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicBoolean trying = new AtomicBoolean();
  /** What those who are refused are told; null while it is closed. */
  private volatile @Nullable String open;
  private volatile long due;
  private long since;

  /** What a caller may do. Who is let pass must tell what it came to, by one of the other methods. */
  enum Pass {
    /** Ask. */
    ASK,
    /** Ask, as the only one at this time. */
    TRY,
    /** Not ask: {@link Breaker#refusal} says why. */
    NONE
  }

  /**
   * One that is closed.
   *
   * @param server what the server is called in logs
   * @param clock nanoseconds, as {@link System#nanoTime()}
   */
  Breaker(Supplier<String> server, LongSupplier clock) {
    this.server = server;
    this.clock = clock;
  }

  boolean isOpen() {
    return open != null;
  }

  Pass pass() {
    if (open == null) {
      return Pass.ASK;
    }
    if (clock.getAsLong() - due < 0 || !trying.compareAndSet(false, true)) {
      return Pass.NONE;
    }
    // Asked again, now that nobody else can be trying: another try may just have ended, and the next is not due for a
    // second.
    if (clock.getAsLong() - due < 0) {
      trying.set(false);
      return Pass.NONE;
    }
    return Pass.TRY;
  }

  /** The server has answered, if only to refuse. */
  void answered(Pass pass) {
    if (unanswered.get() != 0) {
      close();
    }
    ended(pass);
  }

  /** The server has not answered. */
  void failed(Pass pass, Throwable why) {
    if (unanswered.incrementAndGet() >= IN_A_ROW && open == null) {
      open(why);
    }
    ended(pass);
  }

  /** The call has ended before the server could be asked. */
  void ended(Pass pass) {
    if (pass == Pass.TRY) {
      due = clock.getAsLong() + PAUSE.toNanos();
      trying.set(false);
    }
  }

  /** Something has changed: the next call tries. */
  void tryNow() {
    due = clock.getAsLong();
  }

  /** What a caller gets that is not let pass. */
  Redis.Unavailable refusal(String tried) {
    String why = open;
    return new Redis.Unavailable(tried + " was not tried: " + (why == null ? "it has just been found to answer" : why));
  }

  private synchronized void open(Throwable why) {
    // Again under the lock, since an answer may have come meanwhile.
    int inVain = unanswered.get();
    if (open == null && inVain >= IN_A_ROW) {
      since = clock.getAsLong();
      due = since + PAUSE.toNanos();
      open = server.get() + " has left " + IN_A_ROW + " calls in a row unanswered, so all but one in "
          + PAUSE.toSeconds() + " s fail at once until it answers. The last one: " + why.getMessage();
      log.warn("{}", open);
    }
  }

  private synchronized void close() {
    unanswered.set(0);
    if (open != null) {
      open = null;
      log.info("{} answers again, after {} ms", server.get(), (clock.getAsLong() - since) / 1_000_000);
    }
  }
}
