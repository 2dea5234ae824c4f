package dev.scalable.redis;

import static org.awaitility.Awaitility.await;

import dev.scalable.OwnContainer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** A real Valkey, in a container. It keeps nothing on disk; when its server ends, another one takes its place. */
public final class OwnValkey implements AutoCloseable {

  private static final String IMAGE = "valkey/valkey:9";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final int port;
  private final OwnContainer container;

  private OwnValkey(int port, OwnContainer container) {
    this.port = port;
    this.container = container;
  }

  /** Goes on where it can be had. */
  public static void assumeUsable() throws InterruptedException {
    OwnContainer.assumeImage(IMAGE);
  }

  /** Starts it and returns when it answers. */
  public static OwnValkey start(Path folder) throws IOException {
    int port = OwnRedis.freePort();
    return new OwnValkey(port, OwnContainer.start(IMAGE, folder.resolve("valkey-" + port + ".log"), List.of(),
        untilInputEnds(port), () -> run(port) != null));
  }

  private static String untilInputEnds(int port) {
    return "while :; do valkey-server --port " + port + " --bind 127.0.0.1 --save '' --appendonly no; done & cat";
  }

  /** Which server answers, of all that ever had this port; null if none does. */
  private static @Nullable String run(int port) {
    try (Jedis asked = new Jedis("127.0.0.1", port)) {
      return asked.info("server").lines().filter(line -> line.startsWith("run_id:")).findFirst().orElseThrow();
    } catch (JedisException e) {
      return null;
    }
  }

  /** What it says of itself. */
  public String info(String section) {
    try (Jedis asked = new Jedis("127.0.0.1", port)) {
      return asked.info(section);
    }
  }

  /** Ends its server, and returns when another one answers, which knows nothing. */
  public void restart() {
    String before = run(port);
    try (Jedis ended = new Jedis("127.0.0.1", port)) {
      ended.shutdown();
    } catch (JedisException e) {
      // It ends without an answer.
    }
    await().atMost(LIMIT).until(() -> {
      String now = run(port);
      return now != null && !now.equals(before);
    });
  }

  /** Where it is. */
  public URI uri() {
    return URI.create("redis://127.0.0.1:" + port);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    container.close();
  }
}
