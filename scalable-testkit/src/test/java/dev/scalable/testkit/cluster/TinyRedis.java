package dev.scalable.testkit.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Speaks to Redis by its inline commands. */
final class TinyRedis {
  private TinyRedis() {}

  /** The first line of the answer. */
  static String ask(RedisNode redis, String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.address().getPort());
        InputStreamReader in = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8);
        BufferedReader answer = new BufferedReader(in)) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      return String.valueOf(answer.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
