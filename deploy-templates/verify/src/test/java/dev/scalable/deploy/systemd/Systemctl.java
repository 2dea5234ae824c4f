package dev.scalable.deploy.systemd;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.scalable.testkit.backend.Exit;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The command systemctl, where systemd is not process 1: it does to the processes of a cluster what systemd would do to those of
 * the units, SIGTERM and SIGKILL after the unit's time included. A script in the first folder of the PATH asks this.
 */
final class Systemctl implements AutoCloseable {

  private static final Pattern INSTANCE = Pattern.compile("app@(\\d+)\\.service");

  private final Cluster cluster;
  private final Duration grace;
  private final HttpServer server;
  private final Map<Integer, String> results = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private Systemctl(Cluster cluster, Duration grace, HttpServer server) {
    this.cluster = cluster;
    this.grace = grace;
    this.server = server;
  }

  /** Puts the command into {@code folder}, and obeys it until this is closed. */
  static Systemctl in(Path folder, Cluster cluster, Duration grace) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Systemctl systemctl = new Systemctl(cluster, grace, server);
    server.createContext("/", systemctl::answer);
    server.start();
    Path script = Files.writeString(folder.resolve("systemctl"), """
        #!/bin/sh
        answer=$(curl --silent --show-error --fail --data-binary "$*" http://127.0.0.1:%d/) || exit 1
        [ -z "$answer" ] || printf '%%s\\n' "$answer"
        """.formatted(server.getAddress().getPort()));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return systemctl;
  }

  /** What was asked for that changes something, in order. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String words = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int status = 200;
    String answer;
    try {
      answer = obey(words);
    } catch (RuntimeException e) {
      status = 500;
      answer = e.toString();
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String obey(String words) {
    Matcher named = INSTANCE.matcher(words);
    if (words.startsWith("list-units")) {
      return cluster.instances().stream().filter(Instance::isRunning)
          .map(instance -> "app@" + instance.number() + ".service loaded active running Instance")
          .collect(Collectors.joining("\n"));
    }
    if (!named.find()) {
      throw new IllegalArgumentException("not known here: systemctl " + words);
    }
    int number = Integer.parseInt(named.group(1));
    Instance instance = cluster.instance(number);
    return switch (words.substring(0, named.start()).strip()) {
      case "stop" -> {
        asked.add(words);
        Exit exit = instance.terminate(grace);
        results.put(number, exit.code() == 0 || exit.code() == 143 ? "success" : "timeout");
        yield "";
      }
      case "start" -> {
        asked.add(words);
        // Returns when it is ready. systemd would not wait; the script does not rely on it.
        instance.start();
        yield "";
      }
      case "show --property=Result --value" -> results.getOrDefault(number, "success");
      case "show --property=Environment --value" ->
          "SCALABLE_HTTP_PORT=8080 SCALABLE_INSTANCE_ID=x SCALABLE_HTTP_PORT=" + instance.uri().getPort();
      default -> throw new IllegalArgumentException("not known here: systemctl " + words);
    };
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
