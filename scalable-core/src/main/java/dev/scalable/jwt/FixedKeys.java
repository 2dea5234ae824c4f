package dev.scalable.jwt;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import java.util.List;

/** Keys that never change. */
final class FixedKeys extends JwtKeys {

  private final JWKSet keys;

  FixedKeys(JWKSet keys) {
    this.keys = keys;
  }

  @Override
  List<JWK> select(JWKSelector wanted) {
    return wanted.select(keys);
  }
}
