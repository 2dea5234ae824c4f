package dev.scalable.testkit.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One way of a connection: passes bytes and then the end of the stream from one end to the other, when they are due.
 * What it cannot pass yet it holds, up to a bound; then it reads no more, and TCP makes the sender wait. For the thread
 * of the selector.
 */
final class Lane {
  /** No time at all: nothing waits for a time to come. */
  static final long NEVER = Long.MAX_VALUE;

  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_PIECES = 1 << 10;

  private final Relay relay;
  private final Way way;
  private final End from;
  private final End to;
  private final Deque<Piece> held = new ArrayDeque<>();
  private int heldBytes;
  private boolean ended;
  private boolean finished;
  private boolean blocked;
  private long booked = NEVER;

  Lane(Relay relay, Way way, End from, End to) {
    this.relay = relay;
    this.way = way;
    this.from = from;
    this.to = to;
  }

  Relay relay() {
    return relay;
  }

  End to() {
    return to;
  }

  /** Whether its sender has said that it sends no more. */
  boolean hasEnded() {
    return ended;
  }

  /** Whether it takes more bytes now. */
  boolean reads() {
    return !ended && heldBytes < MOST_BYTES && held.size() < MOST_PIECES;
  }

  /** Whether it waits until the receiving end takes more. */
  boolean isBlocked() {
    return blocked;
  }

  /** Whether the receiver was told that nothing more comes. */
  boolean isFinished() {
    return finished;
  }

  /** Takes what there is and passes it on as far as it is due. */
  void read(ByteBuffer scratch, long now) throws IOException {
    int count = from.read(scratch.clear());
    ended = count < 0;
    if (count == 0) {
      return;
    }
    if (relay.conditions().dark()) {
      relay.lostBytes();
    } else if (finished) {
      return; // half-closed on purpose: nobody is to get it
    } else if (ended) {
      pass(now);
    } else {
      pass(scratch.flip(), now);
    }
  }

  /**
   * Passes on what is held and due, and the end of the stream after it.
   *
   * @return when the next bytes are due, or {@link #NEVER}: nothing is held, or the receiver is to take some first
   */
  long pass(long now) throws IOException {
    if (relay.conditions().dark()) {
      return NEVER; // nothing is held then, and the end of the stream gets lost like any byte
    }
    while (!held.isEmpty()) {
      Piece next = held.getFirst();
      int size = Math.min(next.bytes.remaining(), way.slice());
      long due = due(next, size, now);
      if (due - now > 0) {
        return due;
      }
      int written = write(next.bytes, size);
      heldBytes -= written;
      if (written < size) {
        blocked = true;
        return NEVER;
      }
      booked = NEVER;
      if (!next.bytes.hasRemaining()) {
        held.removeFirst();
      }
    }
    if (ended && !finished) {
      finish();
    }
    return NEVER;
  }

  /** The receiver takes bytes again. */
  void unblock() {
    blocked = false;
  }

  /** The conditions are others: what is held gets a new time. */
  void replan() {
    booked = NEVER;
  }

  /** Loses what is held; whether that was anything. */
  boolean drop() {
    boolean any = !held.isEmpty();
    held.clear();
    heldBytes = 0;
    blocked = false;
    booked = NEVER;
    return any;
  }

  /** Tells the receiver that nothing more comes, and takes care that this is so. */
  void finish() throws IOException {
    drop();
    finished = true;
    to.finish();
  }

  private void pass(ByteBuffer bytes, long now) throws IOException {
    if (held.isEmpty() && !relay.conditions().delaying()) {
      write(bytes, bytes.remaining());
      blocked = bytes.hasRemaining();
    }
    if (bytes.hasRemaining()) {
      heldBytes += bytes.remaining();
      ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
      held.add(new Piece(copy, now, ThreadLocalRandom.current().nextDouble(-1, 1)));
      relay.waits(this);
    }
  }

  /** When the piece has been on its way for long enough and, after that, has had its turn on the link. */
  private long due(Piece piece, int size, long now) {
    long arrives = piece.since + relay.conditions().delayNanos(piece.luck);
    if (arrives - now > 0 || relay.conditions().nanosPerByte() == 0) {
      return arrives;
    }
    if (booked == NEVER) {
      booked = way.book(now, size, relay.conditions().nanosPerByte());
    }
    return booked;
  }

  private int write(ByteBuffer bytes, int most) throws IOException {
    int whole = bytes.limit();
    int allowed = (int) Math.min(most, relay.allowance());
    bytes.limit(bytes.position() + allowed);
    int written = to.write(bytes);
    bytes.limit(whole);
    way.passed(written);
    relay.used(written);
    if (allowed < most && written == allowed) {
      throw new IOException("the limit of bytes is reached");
    }
    return written;
  }

  /**
   * Bytes on their way.
   *
   * @param since when they came
   * @param luck where in the jitter they fall, from -1 to 1; the delay itself follows from the conditions at the time
   */
  private record Piece(ByteBuffer bytes, long since, double luck) {}
}
