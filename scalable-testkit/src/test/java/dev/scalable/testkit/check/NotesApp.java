package dev.scalable.testkit.check;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * An app with a right and some wrong ways to do each thing, by path: notes kept in the database or in memory, a price
 * read afresh, from a cache with a time to live or from one that never forgets, and orders that are written once, twice
 * or never.
 */
public final class NotesApp {
  private static final long TIME_TO_LIVE_NANOS = 150_000_000;

  private static final String ID = System.getenv().getOrDefault("TINY_ID", "(nameless)");
  private static final Map<String, String> MEMORY = new ConcurrentHashMap<>();
  private static volatile Cached cached = new Cached("0", Long.MIN_VALUE / 2);
  private static volatile String forever = "";

  private NotesApp() {}

  /** What the tables are. */
  static final String[] TABLES = {
    "create table note (id text primary key, body text not null)",
    "create table price (value bigint not null)",
    "insert into price values (0)",
    "create table orders (idempotency_key text not null)"
  };

  private record Cached(String price, long at) {}

  /** Serves until it is ended. */
  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(System.getenv("TINY_PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", NotesApp::answer);
    server.start();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    String last = request.substring(request.lastIndexOf('/') + 1);
    try {
      if (request.equals("POST /memory/notes")) {
        MEMORY.put(body, body);
        send(exchange, 201, "{\"id\":\"" + body + "\",\"by\":\"" + ID + "\"}");
      } else if (request.startsWith("GET /memory/notes/")) {
        String note = MEMORY.get(last);
        send(exchange, note == null ? 404 : 200, note == null ? "no such note" : note);
      } else if (request.equals("POST /shared/notes")) {
        String id = UUID.randomUUID().toString();
        update("insert into note values (?, ?)", id, body);
        send(exchange, 201, "{\"id\": \"" + id + "\", \"body\": \"" + body + "\"}");
      } else if (request.startsWith("GET /shared/notes/")) {
        send(exchange, 200, one("select body from note where id = '" + UUID.fromString(last) + "'"));
      } else if (request.startsWith("PUT /price/")) {
        update("update price set value = ?::bigint", last);
        send(exchange, 200, last);
      } else if (request.equals("GET /price/fresh")) {
        send(exchange, 200, one("select value from price"));
      } else if (request.equals("GET /price/cached")) {
        if (System.nanoTime() - cached.at() > TIME_TO_LIVE_NANOS) {
          cached = new Cached(one("select value from price"), System.nanoTime());
        }
        send(exchange, 200, cached.price());
      } else if (request.equals("GET /price/forever")) {
        forever = forever.isEmpty() ? one("select value from price") : forever;
        send(exchange, 200, forever);
      } else if (request.startsWith("POST /orders/")) {
        for (int times = 0; times < Integer.parseInt(last); times++) {
          update("insert into orders values (?)", key);
        }
        send(exchange, 201, "{}");
      } else {
        send(exchange, 200, "{\"by\":\"" + ID + "\"}");
      }
    } catch (SQLException broken) {
      send(exchange, 500, String.valueOf(broken.getMessage()));
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("X-Tiny", ID);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String one(String sql) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  private static void update(String sql, String... values) throws SQLException {
    try (Connection connection = connect(); PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(System.getenv("NOTES_DB"), "app", "app");
  }
}
