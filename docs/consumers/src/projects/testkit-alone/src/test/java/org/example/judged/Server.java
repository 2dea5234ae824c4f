package org.example.judged;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A server that knows nothing of Scalable: the one of the JDK. */
public final class Server {

  private Server() {}

  /** Answers every path in the same way until it is ended. */
  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress(System.getenv("HOST"), port), 0);
    server.createContext("/", exchange -> {
      byte[] body = "well".getBytes();
      exchange.getResponseHeaders().set("X-Instance-Id", System.getenv("INSTANCE_ID"));
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }
}
