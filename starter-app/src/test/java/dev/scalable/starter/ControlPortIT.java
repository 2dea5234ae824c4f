package dev.scalable.starter;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.junit.ClusterTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The port that can kill instances listens to nobody but the page of its own cluster. */
@ClusterTest(app = Main.class, migrate = Migrate.class, instances = 1)
class ControlPortIT {

  private ControlPort control;
  private String origin;
  private String secret;

  @BeforeEach
  void open(Cluster cluster) throws IOException {
    control = ControlPort.open("unused");
    control.controls(cluster);
    String fragment = control.page(cluster).getFragment();
    secret = fragment.substring(fragment.indexOf('.') + 1);
    origin = "http://127.0.0.1:" + cluster.uri().getPort();
  }

  @AfterEach
  void close() {
    control.close();
  }

  private String send(String method, String path, String host, String from, String token) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), control.port())) {
      socket.setSoTimeout(10_000);
      String request = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nOrigin: " + from + "\r\nAuthorization: Bearer "
          + token + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private String host() {
    return "127.0.0.1:" + control.port();
  }

  @Test
  void the_page_is_told_of_instances(Cluster cluster) throws IOException {
    assertThat(send("GET", "/instances", host(), origin, secret)).startsWith("HTTP/1.1 200")
        .contains("Access-control-allow-origin: " + origin)
        .endsWith("[{\"number\":1,\"id\":\"" + cluster.instance(1).id() + "\",\"state\":\"running\"}]");
  }

  @Test
  void nobody_else_is_listened_to(Cluster cluster) throws IOException {
    long pid = cluster.instance(1).pid();
    assertThat(send("POST", "/instances/1/kill", host(), origin, "guessed")).startsWith("HTTP/1.1 401");
    assertThat(send("POST", "/instances/1/kill", host(), origin, "")).startsWith("HTTP/1.1 401");
    assertThat(send("POST", "/instances/1/kill", host(), "http://attacker.example", secret)).startsWith("HTTP/1.1 403")
        .doesNotContainIgnoringCase("allow-origin");
    assertThat(send("POST", "/instances/1/kill", host(), "null", secret)).startsWith("HTTP/1.1 403");
    assertThat(send("POST", "/instances/1/kill", "attacker.example:" + control.port(), origin, secret))
        .as("a name that was bent to this address").startsWith("HTTP/1.1 403");
    assertThat(send("OPTIONS", "/instances/1/kill", host(), "http://attacker.example", "")).startsWith("HTTP/1.1 403");
    assertThat(cluster.instance(1).isRunning()).isTrue();
    assertThat(cluster.instance(1).pid()).isEqualTo(pid);
  }

  @Test
  void what_it_does_not_know_is_a_404_and_what_cannot_be_done_a_409() throws IOException {
    assertThat(send("POST", "/instances/1/explode", host(), origin, secret)).startsWith("HTTP/1.1 404");
    assertThat(send("POST", "/instances/7/kill", host(), origin, secret)).startsWith("HTTP/1.1 409");
    assertThat(send("GET", "/instances/1/kill", host(), origin, secret)).startsWith("HTTP/1.1 404");
  }
}
