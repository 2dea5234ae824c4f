package dev.scalable.cache.model;

/**
 * A state as bytes, half a byte for each number from -1 to 14. The same method of a state writes it and reads it, part by part, so
 * that both cannot disagree: {@code version = bits.of(version)}.
 */
final class Bits {

  private static final int MOST = 256;

  private final byte[] bytes = new byte[MOST];
  private boolean reading;
  private int at;

  Bits forReading(byte[] from, int offset, int length) {
    System.arraycopy(from, offset, bytes, 0, length);
    return begin(true);
  }

  Bits forWriting() {
    return begin(false);
  }

  private Bits begin(boolean read) {
    reading = read;
    at = 0;
    return this;
  }

  boolean reading() {
    return reading;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return (at + 1) / 2;
  }

  /** The number read, or the same number when it was written. */
  int of(int number) {
    int index = at >> 1;
    boolean low = (at & 1) == 0;
    at++;
    if (reading) {
      return (low ? bytes[index] & 15 : (bytes[index] >> 4) & 15) - 1;
    }
    if (number < -1 || number > 14) {
      throw new IllegalArgumentException("A state has room for -1 to 14, and not for " + number);
    }
    bytes[index] = (byte) (low ? number + 1 : bytes[index] | ((number + 1) << 4));
    return number;
  }

  boolean of(boolean flag) {
    return of(flag ? 1 : 0) == 1;
  }

  @SuppressWarnings("EnumOrdinal") // both sides are of one run
  <E extends Enum<E>> E of(E one, E[] all) {
    return all[of(one.ordinal())];
  }
}
