package dev.scalable.auth;

import dev.scalable.http.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds out whose a token is. Given to {@link Bearer#tokens}.
 *
 * <p>Implementations are safe for use by many threads.
 */
@FunctionalInterface
public interface TokenVerifier {

  /**
   * The one whom a token was given to.
   *
   * @param token the token as it was sent, 1 to 8,000 characters of those that RFC 6750 section 2.1 permits
   * @return who asks
   * @throws Refused if the token is not good: unknown, forged, expired, meant for somebody else; 401 for the client
   * @throws RuntimeException if it cannot be told now; answered as if a handler had thrown it
   */
  Principal verify(String token) throws Refused;

  /** Whether {@link #verify} may wait for anything: another thread, a network, a disk. */
  default boolean blocks() {
    return true;
  }

  /**
   * Tokens that say nothing by themselves and stand in a table of the app. The app is given a token's digest, which is
   * what it should store: who reads the table then still has no token. A plain digest is enough for tokens that are
   * long and random, of 128 bits or more; it is not for passwords.
   *
   * @param byDigest whose the token with this SHA-256 is, in 64 hexadecimal lower-case digits; empty when it is
   *     nobody's (any more); may block
   */
  static TokenVerifier opaque(Function<String, Optional<Principal>> byDigest) {
    return token -> byDigest.apply(digest(token))
        .orElseThrow(() -> new Refused("The token is unknown or no longer valid"));
  }

  /**
   * What an app keeps of a token that it gives to somebody, and what {@link #opaque} asks it for. Safe for use by many threads.
   *
   * @param token the token, of characters that RFC 6750 section 2.1 permits; they are all of ASCII
   * @return its SHA-256 (FIPS 180-4), in 64 hexadecimal lower-case digits
   */
  static String digest(String token) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /**
   * A token that is not good. Its message is told to the client; it carries no stack trace, since tokens are refused
   * all day.
   */
  final class Refused extends Exception {

    private static final long serialVersionUID = 1;

    /**
     * Says why.
     *
     * @param reason why, for the client to read; nothing that helps to forge a better one
     */
    public Refused(String reason) {
      super(reason, null, false, false);
    }

    /** Why, for the client to read. */
    public String reason() {
      return String.valueOf(getMessage());
    }
  }
}
