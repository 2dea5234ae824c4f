package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.TestStack;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Case 16 of the twenty: a process that stands still, by SIGSTOP, as in a long garbage collection or on a machine that
 * is moved.
 */
class PausedInstanceTest {

  private static final long NOTE = 1_601;
  /** The library's own. */
  private static final Duration BOUND = Duration.ofSeconds(2);
  /** Longer than the wait of a read of the log: the entry that comes then has to be asked for. */
  private static final Duration LOG_IS_READ = Duration.ofMillis(600);

  @Test
  void what_waited_for_it_meanwhile_is_not_answered_from_its_heap() throws Exception {
    Instance instance = TestStack.cluster().instance(1);
    List<FutureTask<Answer>> waiting = new ArrayList<>();
    try (Client client = Client.open(instance.uri());
        CacheInstance other = CacheInstance.start(CacheInstance.environment("app", TestStack.redis().uri()))) {
      TwoTierCache<Long, String> note = other.caches().named("note", Long.class, String.class)
          .expireAfterWrite(Duration.ofMinutes(1)).build(id -> "never loaded here");
      assertThat(client.send(Call.put("/notes/" + NOTE, "\"old\"")).status()).isEqualTo(204);
      for (int i = 0; i < 3; i++) {
        assertThat(client.send(Call.get("/notes/" + NOTE)).text()).contains("old");
      }
      instance.pause();
      try {
        pass(LOG_IS_READ);
        other.db().write(tx -> {
          tx.handle().execute("update note set text = 'new' where id = ?", NOTE);
          note.invalidate(tx, NOTE);
          return 0;
        });
        for (int i = 0; i < 8; i++) {
          waiting.add(CachePair.inBackground(() -> {
            try (Client late = Client.open(instance.uri(), Duration.ofSeconds(60))) {
              return late.send(Call.get("/notes/" + NOTE));
            }
          }));
        }
        pass(BOUND);
      } finally {
        instance.resume();
      }
      for (FutureTask<Answer> each : waiting) {
        assertThat(each.get().text()).contains("new");
      }
    }
  }

  /** Time has to pass: there is no event to wait for in a process that stands still. */
  private static void pass(Duration span) {
    long end = System.nanoTime() + span.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(10_000_000);
    }
  }
}
