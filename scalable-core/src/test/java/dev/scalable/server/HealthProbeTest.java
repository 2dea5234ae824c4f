package dev.scalable.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthProbeTest {

  private static int probe(Map<String, String> environment) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), HealthProbe.class.getName())
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @ParameterizedTest
  @CsvSource({"200, 0", "503, 1"})
  void ends_with_zero_only_if_the_instance_is_ready(int status, int code) throws Exception {
    HttpServer instance = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    instance.createContext("/health/ready", exchange -> {
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    instance.start();
    try {
      assertThat(probe(Map.of("SCALABLE_HEALTH_PORT", Integer.toString(instance.getAddress().getPort())))).isEqualTo(code);
    } finally {
      instance.stop(0);
    }
  }

  @Test
  void ends_with_one_if_nobody_listens() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    assertThat(probe(Map.of("SCALABLE_HEALTH_PORT", Integer.toString(free)))).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(value = {"-, -, 9080", "8090, -, 9090", "8090, 7000, 7000", "65000, -, 64000"}, nullValues = "-")
  void asks_where_an_instance_with_the_same_environment_listens(String http, String health, int port) {
    Map<String, String> environment = new HashMap<>();
    if (http != null) {
      environment.put("SCALABLE_HTTP_PORT", http);
    }
    if (health != null) {
      environment.put("SCALABLE_HEALTH_PORT", health);
    }
    assertThat(HealthProbe.port(environment)).isEqualTo(port);
  }
}
