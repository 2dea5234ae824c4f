package dev.scalable.starter;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the buttons of the page talk to: kills, pauses and starts instances, stops Redis, puts items on sale. It belongs to
 * {@code ./run} and is no part of the service.
 *
 * <p>Any page in the browser of whoever runs this can send requests to a port of this machine. So it listens on the loopback address
 * alone, and wants three things: a secret that only the printed address has; a {@code Host} that is this very port, which a name that was
 * bent to point here is not (DNS rebinding); and an {@code Origin} that is the page's. Only that origin is told that it may read.
 */
@SuppressWarnings("SystemOut") // part of a command line
final class ControlPort implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(40);
  private static final int ON_SALE = 500;
  private static final Pattern INSTANCE = Pattern.compile("/instances/(\\d{1,3})/(kill|pause|resume|start|restart)");

  private final HttpServer server;
  private final String secret = random();
  private final String merchantToken;
  /** By their process ids: another process in the same place is not paused. */
  private final Set<Long> paused = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Cluster cluster;

  private ControlPort(HttpServer server, String merchantToken) {
    this.server = server;
    this.merchantToken = merchantToken;
  }

  /**
   * Listens on any free port. Answers 503 until it has a cluster.
   *
   * @param merchantToken what the service takes for the merchant's token
   */
  static ControlPort open(String merchantToken) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    ControlPort port = new ControlPort(server, merchantToken);
    server.createContext("/", port::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return port;
  }

  /** A secret of 256 bits. */
  static String random() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The address of the page, with what it needs to talk to this port behind the {@code #}, where no server sees it. */
  URI page(Cluster started) {
    return origin(started).resolve("/#control=" + port() + "." + secret);
  }

  void controls(Cluster started) {
    cluster = started;
  }

  private static URI origin(Cluster cluster) {
    return URI.create("http://127.0.0.1:" + cluster.uri().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Cluster current = cluster;
      if (current == null) {
        send(exchange, 503, "The cluster is not started yet");
        return;
      }
      String page = origin(current).toString();
      if (!("127.0.0.1:" + port()).equals(exchange.getRequestHeaders().getFirst("Host"))
          || !page.equals(exchange.getRequestHeaders().getFirst("Origin"))) {
        send(exchange, 403, "This port is for the page of this cluster alone");
        return;
      }
      exchange.getResponseHeaders().set("Access-Control-Allow-Origin", page);
      exchange.getResponseHeaders().set("Vary", "Origin");
      if (exchange.getRequestMethod().equals("OPTIONS")) {
        exchange.getResponseHeaders().set("Access-Control-Allow-Headers", "Authorization");
        exchange.getResponseHeaders().set("Access-Control-Allow-Methods", "GET, POST");
        send(exchange, 204, "");
      } else if (!hasSecret(exchange)) {
        send(exchange, 401, "The address that ./starter-app/run printed has the secret");
      } else {
        act(exchange, current);
      }
    }
  }

  private boolean hasSecret(HttpExchange exchange) {
    String shown = exchange.getRequestHeaders().getFirst("Authorization");
    return shown != null && MessageDigest.isEqual(shown.getBytes(UTF_8), ("Bearer " + secret).getBytes(UTF_8));
  }

  private void act(HttpExchange exchange, Cluster current) throws IOException {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    Matcher instance = INSTANCE.matcher(exchange.getRequestURI().getPath());
    try {
      if (request.equals("GET /instances")) {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        send(exchange, 200, instances(current.instances()));
      } else if (request.startsWith("POST ") && instance.matches()) {
        act(current.instance(Integer.parseInt(instance.group(1))), instance.group(2));
        send(exchange, 204, "");
      } else if (request.equals("POST /redis/cut")) {
        current.redis().stop();
        send(exchange, 204, "");
      } else if (request.equals("POST /redis/restore")) {
        current.redis().start();
        send(exchange, 204, "");
      } else if (request.equals("POST /sale")) {
        send(exchange, putOnSale(current.uri()), "");
      } else {
        send(exchange, 404, "There is no " + request);
      }
    } catch (RuntimeException e) {
      // A button that was pressed twice, most likely: what it asks for is so already.
      send(exchange, 409, String.valueOf(e.getMessage()));
    }
  }

  private String instances(List<Instance> all) {
    return all.stream().map(each -> "{\"number\":" + each.number() + ",\"id\":\"" + each.id() + "\",\"state\":\"" + state(each) + "\"}")
        .collect(Collectors.joining(",", "[", "]"));
  }

  private String state(Instance instance) {
    return !instance.isRunning() ? "stopped" : paused.contains(instance.pid()) ? "paused" : "running";
  }

  private void act(Instance instance, String action) {
    switch (action) {
      case "kill" -> instance.kill();
      case "pause" -> {
        instance.pause();
        paused.add(instance.pid());
      }
      case "resume" -> {
        instance.resume();
        paused.remove(instance.pid());
      }
      case "start" -> instance.start();
      case "restart" -> instance.restart(GRACE);
      default -> throw new IllegalStateException(action);
    }
    System.out.println("  " + instance.id() + ": " + action);
  }

  private int putOnSale(URI uri) {
    try (Client client = Client.open(uri)) {
      Answer answer = client.send(Call.put("/stock/1", "{\"available\":" + ON_SALE + "}")
          .header("Authorization", "Bearer " + merchantToken));
      return answer.status() == 200 ? 204 : 502;
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
