package dev.scalable.jwt;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import java.net.URI;
import java.util.List;

/**
 * The public keys that tokens are verified with, a JWK Set (RFC 7517). Asymmetric ones alone: with a shared secret,
 * every service that verifies tokens could also issue them.
 *
 * <p>Safe for use by many threads; asking for a key never blocks.
 */
public abstract sealed class JwtKeys permits FixedKeys, RemoteKeys {

  JwtKeys() {}

  /**
   * Keys that are known when the program starts.
   *
   * @param jwkSet a JWK Set as JSON
   * @throws IllegalArgumentException if it is none, or has no key that can verify; keys that are too weak are named
   */
  public static JwtKeys fixed(String jwkSet) {
    return new FixedKeys(UsableKeys.parse(jwkSet));
  }

  /**
   * Keys that the issuer publishes, for example {@code https://id.example/.well-known/jwks.json}. They are fetched by a
   * thread of their own, from the start of the service on: add the result to its parts.
   *
   * @param address where; https, or http on this machine
   * @throws IllegalArgumentException if the address is of another kind: who can change the keys on their way can issue
   *     tokens
   */
  public static RemoteKeys at(URI address) {
    return new RemoteKeys(address, RemoteKeys.Timing.DEFAULT);
  }

  /**
   * The keys that fit.
   *
   * @throws KeySourceException if that cannot be told now, but perhaps soon
   */
  abstract List<JWK> select(JWKSelector wanted) throws KeySourceException;
}
