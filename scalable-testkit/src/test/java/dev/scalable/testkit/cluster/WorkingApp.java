package dev.scalable.testkit.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.Executors;

/** An app that uses all that a cluster gives it, and tells of it: what the contract of the backends is held against. */
public final class WorkingApp {
  private static final int ANSWER_MILLIS = 2_000;

  private WorkingApp() {}

  /** With the argument "stubborn" it does not end when it is asked to. */
  public static void main(String[] args) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(env("TINY_HOST"), Integer.parseInt(env("TINY_PORT"))), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", WorkingApp::answer);
    server.start();
    System.out.println(env("TINY_ID") + " listens, flag " + System.getProperty("working.flag"));
    if (args.length > 0 && args[0].equals("stubborn")) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {
        while (!Thread.currentThread().isInterrupted()) {
          Thread.onSpinWait();
        }
      }));
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    String query = Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), "");
    int status = 200;
    String body;
    try {
      body = switch (path) {
        case "/env" -> env(query);
        case "/print" -> print(query);
        case "/burn" -> burn(Long.parseLong(query));
        case "/sql" -> sql(query);
        case "/redis" -> redis(query);
        default -> env("TINY_ID");
      };
    } catch (SQLException | IOException e) {
      status = 503;
      body = e.toString();
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("X-Tiny", env("TINY_ID"));
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String env(String name) {
    return System.getenv().getOrDefault(name, "(none)");
  }

  private static String print(String line) {
    System.out.println(line);
    return line;
  }

  /** Uses a processor for so many milliseconds of this thread's time. */
  private static String burn(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    long sum = 0;
    while (System.nanoTime() < end) {
      sum += Long.hashCode(sum);
    }
    return Long.toString(sum);
  }

  private static String sql(String query) throws SQLException {
    String url = env("WORKING_DB") + "?connectTimeout=2&socketTimeout=2&loginTimeout=2";
    try (Connection connection = DriverManager.getConnection(url, env("WORKING_USER"), env("WORKING_PASSWORD"));
        Statement statement = connection.createStatement()) {
      if (!statement.execute(query)) {
        return Integer.toString(statement.getUpdateCount());
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? rows.getString(1) : "(no row)";
      }
    }
  }

  private static String redis(String command) throws IOException {
    URI uri = URI.create(env("WORKING_REDIS"));
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      byte[] answer = new byte[512];
      int length = socket.getInputStream().read(answer);
      if (length < 0) {
        throw new IOException("Redis closed the connection");
      }
      return new String(answer, 0, length, StandardCharsets.UTF_8).strip();
    }
  }
}
