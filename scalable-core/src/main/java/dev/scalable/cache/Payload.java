package dev.scalable.cache;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value as it stands in Redis: 1 byte format, 1 byte flags, 4 bytes schema of the codec, 4 bytes cost of its load in
 * microseconds, 4 bytes check sum (CRC-32C) of all the rest; then the codec's bytes, compressed if they are many.
 *
 * <p>Whatever else is found there is a miss, and not an error: bytes of another version of the service, cut off, or
 * damaged.
 *
 * @param <V> type of the value
 */
final class Payload<V> {

  private static final Logger log = LoggerFactory.getLogger(Payload.class);

  private static final byte FORMAT = 2;
  private static final int SUM_AT = 10;
  private static final int HEADER = 14;
  private static final byte ABSENT = 1;
  private static final byte COMPRESSED = 2;
  /** Deflate makes of one byte no more than so many (RFC 1951: 258 bytes take two bits). */
  private static final int MOST_INFLATED = 1032;

  private final Codec<V> codec;
  private final int compressAbove;
  private final Counts counts;

  /**
   * Writes and reads values.
   *
   * @param compressAbove size in bytes above which a value is compressed
   * @param counts where bytes that are no value are counted
   */
  Payload(Codec<V> codec, int compressAbove, Counts counts) {
    this.codec = codec;
    this.compressAbove = compressAbove;
    this.counts = counts;
  }

  /**
   * What is read back.
   *
   * @param value the value, null when it is known that there is none
   * @param loadNanos how long its load took
   */
  record Read<V>(@Nullable V value, long loadNanos) {}

  byte[] encode(@Nullable V value, long loadNanos) {
    byte[] body = value == null ? new byte[0] : codec.encode(value);
    byte flags = value == null ? ABSENT : 0;
    if (body.length > compressAbove) {
      body = deflated(body);
      flags |= COMPRESSED;
    }
    ByteBuffer all = ByteBuffer.allocate(HEADER + body.length).put(FORMAT).put(flags).putInt(codec.schema())
        .putInt((int) Math.min(loadNanos / 1_000, Integer.MAX_VALUE)).putInt(0).put(body);
    return all.putInt(SUM_AT, sum(all.array(), 0)).array();
  }

  /** The value that begins at a place in some bytes; empty when there is none. */
  Optional<Read<V>> decode(byte[] bytes, int from) {
    ByteBuffer header = ByteBuffer.wrap(bytes, Math.min(from, bytes.length), Math.max(0, bytes.length - from));
    try {
      if (header.get() != FORMAT) {
        return other("a format of another version of this library");
      }
      byte flags = header.get();
      if (header.getInt() != codec.schema()) {
        return other("another schema");
      }
      long loadNanos = header.getInt() * 1_000L;
      int sum = header.getInt();
      if (sum != sum(bytes, from)) {
        return unreadable("its check sum is wrong", null);
      }
      byte[] body = Arrays.copyOfRange(bytes, header.position(), bytes.length);
      if ((flags & ABSENT) != 0) {
        return Optional.of(new Read<>(null, loadNanos));
      }
      return Optional.of(new Read<>(codec.decode((flags & COMPRESSED) != 0 ? inflated(body) : body), loadNanos));
    } catch (BufferUnderflowException e) {
      return unreadable("it ends too soon", e);
    } catch (Exception e) {
      return unreadable("the codec does not take it", e);
    }
  }

  /** As it is while two versions of a service run side by side: nothing to warn of. */
  private Optional<Read<V>> other(String what) {
    counts.unreadable.increment();
    log.debug("What is cached has {}, and counts as a miss", what);
    return Optional.empty();
  }

  private Optional<Read<V>> unreadable(String why, @Nullable Exception cause) {
    counts.unreadable.increment();
    log.warn("A cached value cannot be read and counts as a miss: {}{}", why,
        cause == null ? "" : ": " + cause.getMessage());
    return Optional.empty();
  }

  private static int sum(byte[] bytes, int from) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, from, SUM_AT);
    sum.update(bytes, from + HEADER, bytes.length - from - HEADER);
    return (int) sum.getValue();
  }

  private static byte[] deflated(byte[] body) {
    // Fast rather than small: it is done while a load waits to be stored. A library that is both would bring native
    // code along.
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(body);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 2 + 64);
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(body.length).array());
      byte[] chunk = new byte[8_192];
      while (!deflater.finished()) {
        out.write(chunk, 0, deflater.deflate(chunk));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static byte[] inflated(byte[] body) throws DataFormatException {
    int length = ByteBuffer.wrap(body).getInt();
    if (length < 0 || length > (long) body.length * MOST_INFLATED) {
      throw new DataFormatException("of " + body.length + " bytes it would make " + length);
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(body, Integer.BYTES, body.length - Integer.BYTES);
      byte[] out = new byte[length];
      int there = inflater.inflate(out);
      if (there != length) {
        throw new DataFormatException("it makes " + there + " bytes and not " + length);
      }
      return out;
    } finally {
      inflater.end();
    }
  }
}
