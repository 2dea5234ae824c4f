package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.TestStack;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/**
 * Case 17 of the twenty: a stampede. Many processes with a hundred callers each ask for one cold key at once, and it is
 * loaded once; when whoever loads it is killed, once more.
 *
 * <p>{@code -Dscalable.cold.processes=10}, as the profile {@code full} has it, sets how many.
 */
class ColdKeyTest {

  static final String SAYS = "cold key: ";

  private static final int PROCESSES = Integer.getInteger("scalable.cold.processes", 3);

  private final String namespace = "test-" + UUID.randomUUID();
  private final List<Reader> readers = new ArrayList<>();
  private final RedisClient redis = RedisClient.create(TestStack.redis().uri());

  /** A process, and what it says. */
  private static final class Reader {
    final Process process;
    final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final List<String> all = new ArrayList<>();

    Reader(Process process) {
      this.process = process;
      Thread.ofVirtual().start(() -> {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
          lines.lines().forEach(line -> {
            if (line.startsWith(SAYS)) {
              said.add(line.substring(SAYS.length()));
            }
          });
        } catch (IOException e) {
          said.add(e.toString());
        }
        said.add("ENDED");
      });
    }

    /** Waits until it says something. */
    void awaitSaying(String wanted) throws InterruptedException {
      while (!all.contains(wanted)) {
        String line = said.poll(2, TimeUnit.MINUTES);
        assertThat(line).as("waiting for " + wanted + " after " + all).isNotNull().isNotEqualTo("ENDED");
        all.add(line);
      }
    }
  }

  private void start(int processes, boolean firstHangs) throws IOException, InterruptedException {
    for (int i = 0; i < processes; i++) {
      ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
          ColdKeyReader.class.getName());
      builder.environment().keySet().removeIf(name -> name.startsWith("SCALABLE_"));
      builder.environment().putAll(Map.of(
          "SCALABLE_REDIS_URL", TestStack.redis().uri().toString(),
          "SCALABLE_REDIS_TIMEOUT", "5s",
          "SCALABLE_DB_URL", TestStack.postgres().jdbcUrl(),
          "SCALABLE_DB_USER", TestStack.postgres().user(),
          "SCALABLE_DB_PASSWORD", TestStack.postgres().password(),
          "SCALABLE_DB_POOL_SIZE", "1",
          "SCALABLE_CACHE_NAMESPACE", namespace,
          "SCALABLE_CACHE_LOAD_TIMEOUT", firstHangs ? "4s" : "60s",
          "FIRST_HANGS", String.valueOf(firstHangs)));
      readers.add(new Reader(builder.redirectErrorStream(true).start()));
    }
    for (Reader reader : readers) {
      reader.awaitSaying("READY");
    }
  }

  private void go(List<Reader> some) throws IOException {
    for (Reader reader : some) {
      reader.process.getOutputStream().write('\n');
      reader.process.getOutputStream().flush();
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (Reader reader : readers) {
      reader.process.destroyForcibly().waitFor();
    }
    redis.close();
  }

  @Test
  void a_cold_key_is_loaded_once_for_all_callers_of_all_processes() throws Exception {
    start(PROCESSES, false);
    go(readers);
    for (Reader reader : readers) {
      reader.awaitSaying("DONE 100");
    }
    assertThat(redis.get(namespace + "-loads")).isEqualTo("1");
  }

  @Test
  void when_the_process_that_loads_is_killed_the_key_is_loaded_once_more() throws Exception {
    start(PROCESSES, true);
    go(readers.subList(0, 1));
    readers.getFirst().awaitSaying("LOADING");
    List<Reader> others = readers.subList(1, readers.size());
    go(others);
    readers.getFirst().process.destroyForcibly().waitFor();
    for (Reader reader : others) {
      reader.awaitSaying("DONE 100");
    }
    assertThat(redis.get(namespace + "-loads")).isEqualTo("2");
  }
}
