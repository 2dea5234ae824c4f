package dev.scalable.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Who issues tokens in the tests. */
final class Issuer {

  static final String NAME = "https://id.example";
  static final String US = "shop";

  /** Made once: an RSA key takes its time. */
  static final RSAKey RSA = rsa("rsa-1", 2048);
  static final ECKey EC = ec("ec-1");

  private Issuer() {}

  static RSAKey rsa(String id, int bits) {
    try {
      return new RSAKeyGenerator(bits, true).keyID(id).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  static ECKey ec(String id) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /** What an issuer publishes. */
  static String published(JWK... keys) {
    return new JWKSet(List.of(keys)).toString(true);
  }

  /** Claims that are good, to be spoiled. */
  static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder().issuer(NAME).audience(US).subject("ali").expirationTime(in(60));
  }

  /** So many seconds from now. */
  static Date in(long seconds) {
    return Date.from(Instant.now().plusSeconds(seconds));
  }

  static String token(JWTClaimsSet.Builder claims) throws JOSEException {
    return token(RSA, JWSAlgorithm.RS256, claims);
  }

  static String token(JWK key, JWSAlgorithm algorithm, JWTClaimsSet.Builder claims) throws JOSEException {
    SignedJWT token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims.build());
    token.sign(key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey()));
    return token.serialize();
  }
}
