package dev.scalable.http;

/** Encodes and decodes JSON (RFC 8259). Implementations are safe for use by many threads. */
public interface JsonCodec {

  /**
   * Encodes a value.
   *
   * @param value the value, never null
   * @return UTF-8 bytes, the caller's own
   * @throws IllegalArgumentException if the value's type cannot be encoded, a mistake in the program
   */
  byte[] encode(Object value);

  /**
   * Decodes a value.
   *
   * @param json UTF-8 bytes
   * @param type type to bind to
   * @return the value, never null
   * @throws Malformed if the bytes are not JSON, or not JSON of this type: unknown, duplicate and ill-typed members included
   */
  <T> T decode(byte[] json, BodyType<T> type) throws Malformed;

  /** As {@link #decode(byte[], BodyType)}, for a type that has no arguments. */
  default <T> T decode(byte[] json, Class<T> type) throws Malformed {
    return decode(json, BodyType.of(type));
  }

  /** Bytes that are not JSON of the wanted type. The message is fit for the client: it names the place, not the program. */
  final class Malformed extends Exception {

    private static final long serialVersionUID = 1;

    /**
     * Says what is wrong where.
     *
     * @param message what is wrong, for the client to read
     * @param cause the decoder's own words, for the log
     */
    public Malformed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
