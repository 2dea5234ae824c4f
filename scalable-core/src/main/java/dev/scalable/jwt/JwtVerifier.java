package dev.scalable.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import dev.scalable.auth.TokenVerifier;
import dev.scalable.http.Principal;
import dev.scalable.http.Problem;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Verifies signed JSON Web Tokens (RFC 7519, RFC 8725). The token says which algorithm it was signed with, and is not
 * believed: only RSA and ECDSA signatures are known here, never {@code none} or a shared secret, and an algorithm is
 * tried only with keys of its own type, so that a public key is not taken for a secret. Encrypted tokens are refused.
 *
 * <p>A good token has the expected {@code iss}, one of {@code aud} that is ours, a {@code sub} and an {@code exp};
 * {@code exp} and {@code nbf} are compared with this machine's clock. The subject becomes the principal's name, and all
 * claims its claims, as JSON values; claims that are null are left out.
 *
 * <p>Immutable. Never blocks.
 */
public final class JwtVerifier implements TokenVerifier {

  private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

  private static final String NOT_SIGNED = "The token is not one that the issuer has signed with a known key";

  private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
      JWSAlgorithm.RS256, JWSAlgorithm.RS384, JWSAlgorithm.RS512,
      JWSAlgorithm.PS256, JWSAlgorithm.PS384, JWSAlgorithm.PS512,
      JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.ES512);

  private final DefaultJWTProcessor<SecurityContext> processor;

  private JwtVerifier(DefaultJWTProcessor<SecurityContext> processor) {
    this.processor = processor;
  }

  /**
   * A verifier for the tokens of one issuer.
   *
   * @param keys the issuer's keys
   * @param issuer what {@code iss} must be, exactly
   * @param audience what {@code aud} must be or hold: the name under which the issuer knows this service. Without it, a
   *     token that was issued for another service would open this one
   */
  public static JwtVerifier of(JwtKeys keys, String issuer, String audience) {
    if (issuer.isEmpty() || audience.isEmpty()) {
      throw new IllegalArgumentException("A token's issuer and audience must be named, but issuer is \"" + issuer
          + "\" and audience is \"" + audience + "\"");
    }
    DefaultJWTClaimsVerifier<SecurityContext> claims = new DefaultJWTClaimsVerifier<>(audience,
        new JWTClaimsSet.Builder().issuer(issuer).build(), Set.of("sub", "exp"));
    claims.setMaxClockSkew((int) CLOCK_SKEW.toSeconds());
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    // at+jwt: RFC 9068. Any other type is a token for another purpose, signed with the same keys.
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, (wanted, context) -> keys.select(wanted)));
    processor.setJWTClaimsSetVerifier(claims);
    return new JwtVerifier(processor);
  }

  @Override
  public boolean blocks() {
    return false;
  }

  @Override
  public Principal verify(String token) throws Refused {
    SignedJWT signed = parsed(token);
    JWTClaimsSet claims;
    try {
      claims = processor.process(signed, null);
    } catch (BadJWTException e) {
      throw new Refused(ofClaims(e));
    } catch (KeySourceException e) {
      throw Problem.unavailable("The keys that verify this token are not at hand; repeat the request");
    } catch (BadJOSEException | JOSEException | IllegalArgumentException e) {
      throw new Refused(NOT_SIGNED);
    }
    String subject = claims.getSubject();
    if (subject == null || subject.isEmpty()) {
      throw new Refused("The token has an empty subject");
    }
    Map<String, Object> known = new HashMap<>(claims.toJSONObject());
    known.values().removeIf(Objects::isNull);
    return new Principal(subject, known);
  }

  private static SignedJWT parsed(String token) throws Refused {
    try {
      return SignedJWT.parse(token);
    } catch (ParseException | RuntimeException e) {
      // Nimbus fails on some that are no JSON objects; nobody has vouched for what stands in them yet.
      throw new Refused(NOT_SIGNED);
    }
  }

  /** In few words, none of them taken from the token. */
  private static String ofClaims(BadJWTException e) {
    return e instanceof ExpiredJWTException ? "The token has expired"
        : "The token is not for this service now: its issuer, audience, subject or time is another";
  }
}
