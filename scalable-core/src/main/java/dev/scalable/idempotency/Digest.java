package dev.scalable.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** A SHA-256 of some texts in their order (FIPS 180-4). Immutable. */
final class Digest {

  private final byte[] bytes;

  private Digest(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Of the parts, each with its length before it, so that nothing of one can be taken for a part of the next. */
  static Digest of(byte[]... parts) {
    MessageDigest sha = sha256();
    for (byte[] part : parts) {
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
      sha.update(part);
    }
    return new Digest(sha.digest());
  }

  static Digest of(String... parts) {
    return of(Arrays.stream(parts).map(part -> part.getBytes(UTF_8)).toArray(byte[][]::new));
  }

  /** One that was computed before. */
  static Digest known(byte[] bytes) {
    return new Digest(bytes.clone());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** The first 64 bits. */
  long first() {
    return ByteBuffer.wrap(bytes).getLong();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest digest && Arrays.equals(bytes, digest.bytes);
  }

  @Override
  public int hashCode() {
    return (int) first();
  }
}
