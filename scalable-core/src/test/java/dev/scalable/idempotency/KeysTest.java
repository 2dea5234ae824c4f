package dev.scalable.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.LibrarySchema;
import dev.scalable.TestStack;
import dev.scalable.db.Db;
import dev.scalable.http.Response;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions that claim one key at once, on a real PostgreSQL. */
class KeysTest {

  /** With a claim in one statement, one in a hundred shows it, on two busy cores. */
  private static final int ROUNDS = 600;
  private static final int FOLLOWERS = 3;

  private KeyedInstance instance;

  @BeforeEach
  void start() throws Exception {
    LibrarySchema.create(Jdbi.create(TestStack.postgres().dataSource()));
    instance = KeyedInstance.start((tx, request, text) -> Response.noContent(), "SCALABLE_DB_POOL_SIZE",
        Integer.toString(FOLLOWERS + 1));
  }

  @AfterEach
  void stop() throws Exception {
    instance.close();
  }

  /**
   * The leader has the key before the others ask, so whoever gets the lock afterwards gets it from the leader's commit, and must see
   * its row: with a snapshot older than the lock, it would do the work a second time, and fail at its own commit.
   */
  @Test
  void who_gets_the_lock_of_a_transaction_that_has_just_ended_sees_what_it_left() throws Exception {
    Db db = instance.parts().db();
    List<String> unseen = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < ROUNDS; round++) {
        Digest key = Digest.of("round " + round);
        CountDownLatch claimed = new CountDownLatch(1);
        List<Future<Keys.Claim>> others = new ArrayList<>();
        for (int i = 0; i < FOLLOWERS; i++) {
          others.add(threads.submit(() -> {
            claimed.await();
            return untilFreeOrThere(db, key);
          }));
        }
        db.write(tx -> {
          assertThat(Keys.claim(tx, key.first(), key.bytes())).isEqualTo(new Keys.Claim(true, null));
          tx.withCommit(Keys.KEEP, key.bytes(), key.bytes(), 60_000L, 201, "", null, null);
          claimed.countDown();
          return tx;
        });
        for (Future<Keys.Claim> other : others) {
          if (other.get().row() == null) {
            unseen.add("round " + round);
          }
        }
      }
    }
    assertThat(unseen).as("of %d rounds, those with a lock and no row", ROUNDS).isEmpty();
  }

  private static Keys.Claim untilFreeOrThere(Db db, Digest key) throws SQLException {
    while (true) {
      Keys.Claim claim = db.write(tx -> Keys.claim(tx, key.first(), key.bytes()));
      if (claim.turn() || claim.row() != null) {
        return claim;
      }
    }
  }
}
