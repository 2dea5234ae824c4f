package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.nginx.NginxVersion;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code options/tls.conf} with a real certificate and real handshakes. */
class NginxTlsTest {

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int PROTOCOL_VERSION = 70;
  private static final int TLS_1_1 = 0x0302;
  private static final int TLS_1_2 = 0x0303;

  @TempDir
  private static Path folder;

  private static Upstream upstream;
  private static Nginx nginx;
  private static int port;
  private static SSLContext trusting;

  @BeforeAll
  static void start_with_a_certificate() throws Exception {
    keytool("-genkeypair -alias site -keyalg EC -groupname secp256r1 -dname CN=localhost -ext san=dns:localhost -keystore site.p12");
    KeyStore store = KeyStore.getInstance(folder.resolve("site.p12").toFile(), PASSWORD);
    writePem("chain.pem", "CERTIFICATE", store.getCertificate("site").getEncoded());
    writePem("key.pem", "PRIVATE KEY", store.getKey("site", PASSWORD).getEncoded());
    trusting = trusting(store);
    port = Upstream.freePort();
    upstream = Upstream.handling(exchange -> {
      if (exchange.getRequestURI().getPath().equals("/own")) {
        exchange.getResponseHeaders().add("Strict-Transport-Security", "max-age=0");
        exchange.getResponseHeaders().add("Referrer-Policy", "same-origin");
      }
      Upstream.answer(exchange, 200, "ok");
    });
    String http2 = Nginx.version().isAtLeast(new NginxVersion(1, 25, 1)) ? "include options/http2-min-1.25.1.conf;" : "";
    nginx = Nginx.before(List.of(upstream.address()), "", """
        listen 127.0.0.1:%d ssl;
        ssl_certificate %s/chain.pem;
        ssl_certificate_key %s/key.pem;
        include options/tls.conf;
        %s
        """.formatted(port, folder, folder, http2));
  }

  @AfterAll
  static void stop() throws IOException {
    nginx.close();
    upstream.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void what_is_not_broken_is_accepted(String protocol) throws IOException {
    assertThat(shake(protocol)).isEqualTo(protocol);
  }

  @Test
  void tls_1_1_is_refused_by_its_version() throws IOException {
    // By hand: no client here would still offer it. The same hello with another number is taken, so nothing else is wrong with it.
    assertThat(answerTo(TLS_1_2)).startsWith(HANDSHAKE);
    assertThat(answerTo(TLS_1_1)).startsWith(ALERT).endsWith(2, PROTOCOL_VERSION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"})
  void encryption_that_is_not_authenticated_is_refused(String suite) {
    assertThatThrownBy(() -> shake("TLSv1.2", suite)).isInstanceOf(SSLException.class).hasMessageContaining("handshake_failure");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"})
  void a_client_gets_the_encryption_that_it_wants(String suite) throws IOException {
    assertThat(shake("TLSv1.2", suite, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")).isEqualTo("TLSv1.2 " + suite);
  }

  @Test
  void an_answer_over_tls_says_that_there_is_no_way_back_and_one_without_does_not() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
      for (String path : List.of("/", "/internal/x")) {
        HttpResponse<String> answer = client.send(HttpRequest.newBuilder(at(path)).build(), BodyHandlers.ofString());
        assertThat(answer.headers().allValues("Strict-Transport-Security")).as(path).containsExactly("max-age=63072000");
        assertThat(answer.headers().allValues("Referrer-Policy")).as(path).containsExactly("no-referrer");
      }
      HttpResponse<String> own = client.send(HttpRequest.newBuilder(at("/own")).build(), BodyHandlers.ofString());
      assertThat(own.headers().allValues("Strict-Transport-Security")).containsExactly("max-age=0");
      assertThat(own.headers().allValues("Referrer-Policy")).containsExactly("same-origin");
    }
    assertThat(nginx.ask("GET /").headers()).doesNotContainKey("strict-transport-security");
    assertThat(upstream.received().getFirst().headers()).containsEntry("x-forwarded-proto", "https");
  }

  @Test
  void http_2_is_spoken_where_nginx_is_new_enough_for_the_option() throws Exception {
    boolean newEnough = Nginx.version().isAtLeast(new NginxVersion(1, 25, 1));
    try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).version(HttpClient.Version.HTTP_2).build()) {
      HttpResponse<String> answer = client.send(HttpRequest.newBuilder(at("/")).build(), BodyHandlers.ofString());

      assertThat(answer.version()).isEqualTo(newEnough ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
      assertThat(answer.body()).isEqualTo("ok");
    }
  }

  private static URI at(String path) {
    return URI.create("https://localhost:" + port + path);
  }

  /** The protocol, and with {@code suites} the suite, that a handshake agrees on. */
  private static String shake(String protocol, String... suites) throws IOException {
    try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.setEnabledProtocols(new String[] {protocol});
      if (suites.length > 0) {
        socket.setEnabledCipherSuites(suites);
      }
      socket.startHandshake();
      return socket.getSession().getProtocol() + (suites.length > 0 ? " " + socket.getSession().getCipherSuite() : "");
    }
  }

  /** The first record that a minimal hello of that version is answered with: its type, then its content. */
  private static List<Integer> answerTo(int version) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(hello(version));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      List<Integer> answer = new ArrayList<>(List.of(in.readUnsignedByte()));
      in.readUnsignedShort();
      for (byte each : in.readNBytes(in.readUnsignedShort())) {
        answer.add(each & 0xff);
      }
      return answer;
    }
  }

  /** RFC 5246, 7.4.1.2: with suites of both versions for this certificate, and the curve and signature that they need. */
  private static byte[] hello(int version) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(body);
    out.writeShort(version);
    out.write(new byte[32]);
    out.writeByte(0);
    out.write(new byte[] {0, 4, (byte) 0xc0, 0x2b, (byte) 0xc0, 0x09}); // ECDHE-ECDSA with AES-128: GCM, CBC
    out.write(new byte[] {1, 0});
    out.writeShort(16);
    out.write(new byte[] {0, 10, 0, 4, 0, 2, 0, 23}); // supported groups: secp256r1
    out.write(new byte[] {0, 13, 0, 4, 0, 2, 4, 3}); // signatures: ecdsa_secp256r1_sha256
    byte[] content = body.toByteArray();
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    DataOutputStream all = new DataOutputStream(record);
    all.writeByte(HANDSHAKE);
    all.writeShort(0x0301);
    all.writeShort(content.length + 4);
    all.writeByte(1);
    all.writeByte(0);
    all.writeShort(content.length);
    all.write(content);
    return record.toByteArray();
  }

  private static SSLContext trusting(KeyStore store) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("site", store.getCertificate("site"));
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private static void writePem(String file, String what, byte[] bytes) throws IOException {
    Files.writeString(folder.resolve(file), "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes)
        + "\n-----END " + what + "-----\n");
  }

  private static void keytool(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(Arrays.asList(arguments.split(" ")));
    command.addAll(List.of("-storepass", new String(PASSWORD), "-noprompt"));
    Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(arguments + "\n" + output).isZero();
  }
}
