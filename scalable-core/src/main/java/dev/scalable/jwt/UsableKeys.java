package dev.scalable.jwt;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;

/** Those keys of a JWK Set that may verify a signature. */
final class UsableKeys {

  /** RFC 7518 section 3.3. */
  private static final int LEAST_RSA_BITS = 2_048;

  private UsableKeys() {}

  /**
   * The usable keys of a set. Others in it are left out: an issuer publishes keys for more than this.
   *
   * @throws IllegalArgumentException if it is not a JWK Set, or has no usable key
   */
  static JWKSet parse(String json) {
    JWKSet all;
    try {
      all = JWKSet.parse(json);
    } catch (ParseException e) {
      throw new IllegalArgumentException("This is not a JWK Set (RFC 7517): " + e.getMessage(), e);
    }
    List<JWK> usable = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (JWK key : all.getKeys()) {
      String objection = objection(key);
      if (objection.isEmpty()) {
        usable.add(key.toPublicJWK());
      } else {
        leftOut.add("key \"" + key.getKeyID() + "\" " + objection);
      }
    }
    if (usable.isEmpty()) {
      throw new IllegalArgumentException("This JWK Set has no key that can verify a signature here: "
          + (leftOut.isEmpty() ? "it is empty" : String.join("; ", leftOut)));
    }
    return new JWKSet(usable);
  }

  /** What speaks against a key; empty if nothing does. */
  private static String objection(JWK key) {
    if (KeyUse.ENCRYPTION.equals(key.getKeyUse())) {
      return "is for encryption";
    }
    return switch (key) {
      case RSAKey rsa when rsa.size() < LEAST_RSA_BITS ->
          "is RSA of " + rsa.size() + " bits, and fewer than " + LEAST_RSA_BITS + " can be broken";
      case RSAKey rsa -> "";
      case ECKey ec -> "";
      default -> "is of type " + key.getKeyType() + "; RSA and EC are known";
    };
  }
}
