package dev.scalable.jwt;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.scalable.auth.TokenVerifier;
import dev.scalable.http.Principal;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are good, and those that attackers send. */
class JwtVerifierTest {

  private static final JwtVerifier VERIFIER =
      JwtVerifier.of(JwtKeys.fixed(Issuer.published(Issuer.RSA, Issuer.EC)), Issuer.NAME, Issuer.US);

  private static void refuses(String token) {
    assertThatThrownBy(() -> VERIFIER.verify(token)).isInstanceOf(TokenVerifier.Refused.class);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256"})
  void a_signed_token_of_the_issuer_for_us_is_good(String algorithm) throws Exception {
    JWK key = algorithm.startsWith("ES") ? Issuer.EC : Issuer.RSA;
    String token = Issuer.token(key, JWSAlgorithm.parse(algorithm),
        Issuer.claims().claim("scope", "a b").claim("groups", List.of("x")).claim("gone", null));
    Principal principal = VERIFIER.verify(token);
    assertThat(principal.name()).isEqualTo("ali");
    assertThat(principal.claims()).containsEntry("scope", "a b").containsEntry("groups", List.of("x"))
        .containsEntry("iss", Issuer.NAME).doesNotContainKey("gone");
    assertThat(principal.claims().get("exp")).isInstanceOf(Long.class);
    assertThat(VERIFIER.blocks()).isFalse();
  }

  @Test
  void a_token_of_the_access_token_type_and_one_among_several_audiences_are_good() throws Exception {
    SignedJWT token = new SignedJWT(
        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa-1").type(new JOSEObjectType("at+jwt")).build(),
        Issuer.claims().audience(List.of("other", Issuer.US)).build());
    token.sign(new RSASSASigner(Issuer.RSA));
    assertThat(VERIFIER.verify(token.serialize()).name()).isEqualTo("ali");
  }

  @Test
  void a_token_that_does_not_name_its_key_is_tried_with_those_of_its_type() throws Exception {
    SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), Issuer.claims().build());
    token.sign(new RSASSASigner(Issuer.RSA));
    assertThat(VERIFIER.verify(token.serialize()).name()).isEqualTo("ali");
  }

  static Stream<Arguments> spoiled() {
    return Stream.of(
        Arguments.of("expired", Issuer.claims().expirationTime(Issuer.in(-31))),
        Arguments.of("without an end", Issuer.claims().expirationTime(null)),
        Arguments.of("not yet good", Issuer.claims().notBeforeTime(Issuer.in(40))),
        Arguments.of("for another service", Issuer.claims().audience("warehouse")),
        Arguments.of("for no service", Issuer.claims().audience((String) null)),
        Arguments.of("for one whose name begins as ours", Issuer.claims().audience("shopping")),
        Arguments.of("of another issuer", Issuer.claims().issuer("https://id.example.evil")),
        Arguments.of("of no issuer", Issuer.claims().issuer(null)),
        Arguments.of("of nobody", Issuer.claims().subject(null)),
        Arguments.of("of somebody without a name", Issuer.claims().subject("")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("spoiled")
  void a_token_is_refused_that_is(String how, JWTClaimsSet.Builder claims) throws Exception {
    refuses(Issuer.token(claims));
  }

  @Test
  void clocks_may_differ_by_half_a_minute() throws Exception {
    VERIFIER.verify(Issuer.token(Issuer.claims().expirationTime(Issuer.in(-20)).notBeforeTime(Issuer.in(20))));
  }

  @Test
  void a_token_that_says_it_has_no_signature_is_refused() {
    refuses(new PlainJWT(Issuer.claims().build()).serialize());
    String payload = base64(Issuer.claims().build().toString());
    for (String none : List.of("none", "None", "NONE", "nOnE", "")) {
      refuses(base64("{\"alg\":\"" + none + "\",\"kid\":\"rsa-1\"}") + "." + payload + ".");
      refuses(base64("{\"alg\":\"" + none + "\",\"kid\":\"rsa-1\"}") + "." + payload + ".AA");
    }
  }

  @Test
  void a_public_key_is_not_taken_for_a_shared_secret() throws Exception {
    byte[] asPublished = Issuer.RSA.toPublicJWK().toJSONString().getBytes(UTF_8);
    byte[] asEncoded = Issuer.RSA.toRSAPublicKey().getEncoded();
    byte[] asText = ("-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(asEncoded)
        + "\n-----END PUBLIC KEY-----\n").getBytes(US_ASCII);
    for (byte[] secret : List.of(asPublished, asEncoded, asText)) {
      for (String keyId : List.of("rsa-1", "ec-1")) {
        SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(keyId).build(),
            Issuer.claims().build());
        token.sign(new MACSigner(secret));
        refuses(token.serialize());
      }
    }
  }

  @Test
  void a_key_that_the_token_brings_along_is_not_used() throws Exception {
    RSAKey own = Issuer.rsa("rsa-1", 2048);
    SignedJWT token = new SignedJWT(
        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa-1").jwk(own.toPublicJWK()).build(),
        Issuer.claims().build());
    token.sign(new RSASSASigner(own));
    refuses(token.serialize());
  }

  @Test
  void a_key_that_is_not_known_is_refused_with_fixed_keys() throws Exception {
    refuses(Issuer.token(Issuer.ec("ec-2"), JWSAlgorithm.ES256, Issuer.claims()));
    refuses(Issuer.token(Issuer.rsa("rsa-2", 2048), JWSAlgorithm.RS256, Issuer.claims()));
  }

  @Test
  void a_key_is_used_for_the_algorithm_alone_that_it_was_published_for() throws Exception {
    RSAKey pinned = new RSAKey.Builder(Issuer.RSA).algorithm(JWSAlgorithm.PS256).build();
    JwtVerifier verifier = JwtVerifier.of(JwtKeys.fixed(Issuer.published(pinned)), Issuer.NAME, Issuer.US);
    verifier.verify(Issuer.token(pinned, JWSAlgorithm.PS256, Issuer.claims()));
    assertThatThrownBy(() -> verifier.verify(Issuer.token(pinned, JWSAlgorithm.RS256, Issuer.claims())))
        .isInstanceOf(TokenVerifier.Refused.class);
  }

  @Test
  void a_token_of_another_type_under_the_same_key_is_refused() throws Exception {
    SignedJWT token = new SignedJWT(
        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa-1").type(new JOSEObjectType("logout+jwt")).build(),
        Issuer.claims().build());
    token.sign(new RSASSASigner(Issuer.RSA));
    refuses(token.serialize());
  }

  @Test
  void an_encrypted_token_is_refused() throws Exception {
    EncryptedJWT token = new EncryptedJWT(new JWEHeader(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A128GCM),
        Issuer.claims().build());
    token.encrypt(new RSAEncrypter(Issuer.RSA.toRSAPublicKey()));
    refuses(token.serialize());
  }

  @Test
  void a_changed_token_is_refused_wherever_it_was_changed() throws Exception {
    String token = Issuer.token(Issuer.claims());
    String[] parts = token.split("\\.", -1);
    refuses(parts[0] + "." + base64(Issuer.claims().subject("root").build().toString()) + "." + parts[2]);
    refuses(parts[0] + "." + parts[1] + ".");
    refuses(parts[0] + "." + parts[1]);
    refuses(parts[0] + "." + parts[1] + "." + parts[2] + "." + parts[2]);
    for (int at = 0; at < token.length() - 1; at += 7) {
      char other = token.charAt(at) == 'A' ? 'B' : 'A';
      refuses(token.substring(0, at) + other + token.substring(at + 1));
    }
  }

  @Test
  void what_is_no_token_is_refused_however_it_is_nested() {
    refuses("x");
    refuses("..");
    refuses("e30.e30.e30");
    String deep = "{\"a\":".repeat(1_400) + "1" + "}".repeat(1_400);
    refuses(base64(deep) + "." + base64("{}") + ".AA");
    refuses(base64("{\"alg\":\"RS256\"}") + "." + base64("[".repeat(5_000)) + ".AA");
    refuses(base64("{\"alg\":\"RS256\",\"crit\":[\"x\"],\"x\":1}") + "." + base64("{}") + ".AA");
    refuses(base64("{\"alg\":\"RS256\",\"kid\":7}") + "." + base64("{}") + ".AA");
    for (String header : List.of("null", "[]", "7", "\"x\"", "true", "{\"alg\":null}", "{\"alg\":7}", "")) {
      refuses(base64(header) + "." + base64("{}") + ".AA");
    }
  }

  @Test
  void a_signed_token_whose_claims_are_none_is_refused() throws Exception {
    for (String claims : List.of("null", "[]", "x", "{\"sub\":null", "{\"sub\":[]", "{\"sub\":{}", "{\"sub\":false")) {
      String rest = claims.startsWith("{")
          ? ",\"iss\":\"" + Issuer.NAME + "\",\"aud\":\"" + Issuer.US + "\",\"exp\":9999999999}" : "";
      JWSObject token = new JWSObject(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa-1").build(),
          new Payload(claims + rest));
      token.sign(new RSASSASigner(Issuer.RSA));
      refuses(token.serialize());
    }
  }

  @Test
  void whatever_a_token_is_made_of_it_is_verified_or_refused() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String token = Issuer.token(Issuer.EC, JWSAlgorithm.ES256, Issuer.claims());
    String signed = token.substring(token.indexOf('.'));
    List<String> words = List.of("null", "[", "]", "{", "}", "\"", ",", "1e999", "\\u0000", "\"crit\":[\"b64\"],",
        "\"b64\":false,", "\"jwk\":null,", "\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"},", "\"x5c\":[null],",
        "\"typ\":null,", "\"kid\":null,");
    for (int i = 0; i < 5_000; i++) {
      StringBuilder header = new StringBuilder(random.nextInt(8) == 0 ? "" : "{\"alg\":\"ES256\",\"kid\":\"ec-1\"}");
      for (int more = 1 + random.nextInt(3); more > 0; more--) {
        header.insert(random.nextInt(header.length() + 1), words.get(random.nextInt(words.size())));
      }
      try {
        VERIFIER.verify(base64(header.toString()) + signed);
      } catch (TokenVerifier.Refused expected) {
        assertThat(expected.reason()).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("the header " + header + " with the seed " + seed, e);
      }
    }
  }

  @Test
  void keys_that_prove_nothing_are_refused_when_the_program_starts() {
    assertThatThrownBy(() -> JwtKeys.fixed("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"shared\",\"k\":\"AAAA\"}]}"))
        .hasMessageContaining("\"shared\" is of type oct");
    assertThatThrownBy(() -> JwtKeys.fixed(Issuer.published(Issuer.rsa("weak", 1024))))
        .hasMessageContaining("1024 bits");
    assertThatThrownBy(() -> JwtKeys.fixed(
        Issuer.published(new RSAKey.Builder(Issuer.RSA).keyUse(KeyUse.ENCRYPTION).build())))
            .hasMessageContaining("encryption");
    assertThatThrownBy(() -> JwtKeys.fixed("{\"keys\":[]}")).hasMessageContaining("empty");
    assertThatThrownBy(() -> JwtKeys.fixed("no json")).hasMessageContaining("not a JWK Set");
  }

  @Test
  void issuer_and_audience_must_be_named() {
    JwtKeys keys = JwtKeys.fixed(Issuer.published(Issuer.EC));
    assertThatThrownBy(() -> JwtVerifier.of(keys, "", Issuer.US)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> JwtVerifier.of(keys, Issuer.NAME, "")).isInstanceOf(IllegalArgumentException.class);
  }
}
