package dev.scalable.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.ECKey;
import dev.scalable.auth.Bearer;
import dev.scalable.auth.TokenVerifier;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.server.ServerSettings;
import dev.scalable.server.TestServer;
import dev.scalable.server.Wire;
import dev.scalable.testkit.link.Link;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that stand on another server, which may be away, slow or change them. */
class RemoteKeysTest {

  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration LIMIT = Duration.ofMillis(400);
  private static final Duration SOON = Duration.ofMillis(50);

  private final AtomicReference<String> published = new AtomicReference<>(Issuer.published(Issuer.RSA, Issuer.EC));
  private final AtomicInteger asked = new AtomicInteger();
  private final TestServer issuer = TestServer.start(TestServer.threads(), Route.get("/keys", r -> {
    asked.incrementAndGet();
    return Response.text(published.get());
  }));
  private final Link link = Link.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), issuer.port()));

  @AfterEach
  void stop() throws Exception {
    link.close();
    issuer.close();
  }

  private RemoteKeys keys(RemoteKeys.Timing timing) {
    return new RemoteKeys(URI.create("http://127.0.0.1:" + link.address().getPort() + "/keys"), timing);
  }

  private static RemoteKeys.Timing timing(Duration every, Duration atMost, Duration trusted) {
    return new RemoteKeys.Timing(every, SOON, atMost, LIMIT, trusted);
  }

  private static JwtVerifier verifier(RemoteKeys keys) {
    return JwtVerifier.of(keys, Issuer.NAME, Issuer.US);
  }

  private static String tokenOf(ECKey key) throws Exception {
    return Issuer.token(key, JWSAlgorithm.ES256, Issuer.claims());
  }

  private static boolean good(JwtVerifier verifier, String token) throws Exception {
    try {
      return verifier.verify(token).name().equals("ali");
    } catch (Problem later) {
      assertThat(later.status()).isEqualTo(503);
      return false;
    }
  }

  @Test
  void keys_are_there_once_the_service_has_started() throws Exception {
    RemoteKeys keys = keys(RemoteKeys.Timing.DEFAULT);
    try {
      keys.start();
      assertThat(verifier(keys).verify(Issuer.token(Issuer.claims())).name()).isEqualTo("ali");
      assertThat(asked).hasValue(1);
    } finally {
      keys.stop();
    }
  }

  @Test
  void an_issuer_that_is_away_at_the_start_is_asked_until_it_is_there_and_tokens_are_503_meanwhile() throws Exception {
    link.cut();
    RemoteKeys keys = keys(timing(LONG, LONG, LONG));
    try {
      keys.start();
      String token = Issuer.token(Issuer.claims());
      JwtVerifier verifier = verifier(keys);
      assertThat(good(verifier, token)).isFalse();
      link.restore();
      await().until(() -> good(verifier, token));
    } finally {
      keys.stop();
    }
  }

  @Test
  void a_new_key_is_fetched_when_a_token_names_it_and_an_old_one_is_forgotten() throws Exception {
    RemoteKeys keys = keys(timing(LONG, Duration.ZERO, LONG));
    try {
      keys.start();
      ECKey next = Issuer.ec("ec-2");
      published.set(Issuer.published(next));
      JwtVerifier verifier = verifier(keys);
      String token = tokenOf(next);
      assertThat(good(verifier, token)).as("answered 503 first, for the client to repeat").isFalse();
      await().until(() -> good(verifier, token));
      String former = tokenOf(Issuer.EC);
      assertThat(catchThrowable(() -> verifier.verify(former))).isNotNull();
    } finally {
      keys.stop();
    }
  }

  @Test
  void names_that_are_made_up_do_not_make_us_ask_again_and_again() throws Exception {
    RemoteKeys keys = keys(timing(LONG, LONG, LONG));
    try {
      keys.start();
      JwtVerifier verifier = verifier(keys);
      for (int i = 0; i < 20; i++) {
        String token = tokenOf(Issuer.ec("made-up-" + i));
        assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(TokenVerifier.Refused.class);
      }
      assertThat(asked).hasValue(1);
    } finally {
      keys.stop();
    }
  }

  @Test
  void keys_are_fetched_again_after_a_time_without_being_asked_for() throws Exception {
    RemoteKeys keys = keys(timing(SOON, LONG, LONG));
    try {
      keys.start();
      ECKey next = Issuer.ec("ec-2");
      published.set(Issuer.published(next));
      await().until(() -> asked.get() >= 4);
      assertThat(good(verifier(keys), tokenOf(next))).isTrue();
    } finally {
      keys.stop();
    }
  }

  @Test
  void an_issuer_that_goes_away_leaves_its_keys_until_they_are_too_old() throws Exception {
    RemoteKeys keys = keys(timing(SOON, LONG, Duration.ofMillis(700)));
    try {
      keys.start();
      JwtVerifier verifier = verifier(keys);
      String token = Issuer.token(Issuer.claims());
      link.cut();
      assertThat(good(verifier, token)).isTrue();
      await().until(() -> !good(verifier, token));
      link.restore();
      await().until(() -> good(verifier, token));
    } finally {
      keys.stop();
    }
  }

  @Test
  void what_is_published_and_is_no_set_of_keys_leaves_the_former_ones() throws Exception {
    RemoteKeys keys = keys(timing(SOON, LONG, LONG));
    try {
      keys.start();
      JwtVerifier verifier = verifier(keys);
      String token = Issuer.token(Issuer.claims());
      for (String wrong : List.of("", "<html>", "{\"keys\":[]}", Issuer.published(Issuer.RSA) + " ".repeat(300_000))) {
        published.set(wrong);
        int before = asked.get();
        await().until(() -> asked.get() >= before + 3);
        assertThat(good(verifier, token)).isTrue();
      }
    } finally {
      keys.stop();
    }
  }

  @Test
  void an_issuer_that_sends_a_byte_now_and_then_holds_up_the_start_for_no_longer_than_the_limit() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> {
        try (Socket client = slow.accept(); OutputStream out = client.getOutputStream()) {
          out.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".getBytes(UTF_8));
          while (!done.await(20, TimeUnit.MILLISECONDS)) {
            out.write(' ');
            out.flush();
          }
        } catch (IOException | InterruptedException e) {
          done.countDown();
        }
      });
      RemoteKeys keys = new RemoteKeys(URI.create("http://127.0.0.1:" + slow.getLocalPort() + "/keys"),
          timing(LONG, LONG, LONG));
      long began = System.nanoTime();
      keys.start();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(LIMIT, LIMIT.plusSeconds(3));
      String token = Issuer.token(Issuer.claims());
      JwtVerifier verifier = verifier(keys);
      assertThat(good(verifier, token)).isFalse();
      assertThat(done.await(10, TimeUnit.SECONDS)).as("its connection was closed").isTrue();
      keys.stop();
    } finally {
      done.countDown();
    }
  }

  @Test
  void a_request_does_not_wait_for_an_issuer_that_is_silent() throws Exception {
    RemoteKeys keys = keys(new RemoteKeys.Timing(LONG, LONG, Duration.ZERO, Duration.ofSeconds(30), LONG));
    try {
      keys.start();
      link.blackhole();
      JwtVerifier verifier = verifier(keys);
      String unknown = tokenOf(Issuer.ec("ec-2"));
      String known = tokenOf(Issuer.EC);
      long began = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        assertThat(good(verifier, unknown)).isFalse();
        assertThat(good(verifier, known)).isTrue();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    } finally {
      keys.stop();
    }
  }

  @ParameterizedTest
  @EnumSource
  void over_http_a_token_is_200_401_or_503_and_is_judged_on_the_io_thread(ServerSettings.Threads threads)
      throws Exception {
    RemoteKeys keys = keys(timing(LONG, LONG, LONG));
    keys.start();
    link.cut();
    Route who = Route.get("/who", r -> Response.text(r.principal().name() + " " + Thread.currentThread().getName()))
        .with(Bearer.tokens(verifier(keys))).inline();
    RemoteKeys none = keys(timing(LONG, LONG, LONG));
    Route later = Route.get("/later", r -> Response.text("")).with(Bearer.tokens(verifier(none)));
    try (TestServer server = TestServer.start(threads, who, later); Wire wire = server.connect()) {
      String good = "Authorization: Bearer " + Issuer.token(Issuer.claims());
      assertThat(wire.ask(Wire.get("/who", good)).body()).startsWith("ali http I/O");
      Wire.Answer expired = wire.ask(Wire.get("/who",
          "Authorization: Bearer " + Issuer.token(Issuer.claims().expirationTime(Issuer.in(-100)))));
      assertThat(expired.status()).isEqualTo(401);
      assertThat(expired.all("WWW-Authenticate"))
          .containsExactly("Bearer error=\"invalid_token\", error_description=\"The token has expired\"");
      Wire.Answer unknown = wire.ask(Wire.get("/later", good));
      assertThat(unknown.status()).isEqualTo(503);
      assertThat(unknown.header("Retry-After")).isPresent();
    } finally {
      keys.stop();
      none.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://id.example/keys", "ftp://127.0.0.1/keys", "file:///keys", "/keys",
      "http://127.evil.example/keys"})
  void keys_are_not_fetched_from_where_they_can_be_changed_on_their_way(String address) {
    assertThatThrownBy(() -> JwtKeys.at(URI.create(address))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://id.example/keys", "http://localhost:8080/keys", "http://[::1]/keys"})
  void keys_are_fetched_by_https_or_from_this_machine(String address) {
    assertThat(JwtKeys.at(URI.create(address)).name()).contains(address);
  }
}
