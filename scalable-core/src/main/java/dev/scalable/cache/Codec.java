package dev.scalable.cache;

/**
 * Writes the values of a cache into Redis and reads them back, where JSON is not wanted. Implementations are safe for
 * use by many threads.
 *
 * @param <V> type of the value
 */
public interface Codec<V> {

  /**
   * A value as bytes.
   *
   * @param value the value, never null
   * @return bytes, not changed afterwards
   * @throws RuntimeException if it cannot be written, a mistake in the program: the load fails with it
   */
  byte[] encode(V value);

  /**
   * A value from its bytes.
   *
   * @param bytes what {@link #encode} of an equal {@link #schema} has returned, unharmed
   * @return the value, never null
   * @throws Exception if they are no value: they count as a miss and are overwritten
   */
  V decode(byte[] bytes) throws Exception;

  /**
   * A number for what the bytes look like, the same on every instance that reads them so. Bytes of another number are a
   * miss: change it with the type.
   */
  int schema();
}
