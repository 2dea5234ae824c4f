package dev.scalable.idempotency;

import static dev.scalable.idempotency.KeyedPair.ASIDE;
import static dev.scalable.idempotency.KeyedPair.count;
import static dev.scalable.idempotency.KeyedPair.effects;
import static dev.scalable.idempotency.KeyedPair.inBackground;
import static dev.scalable.idempotency.KeyedPair.keys;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.TestStack;
import dev.scalable.http.Response;
import dev.scalable.server.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The table of the keys: when a row in it ends, who deletes it, and what an instance says that does not find it. */
class KeyTableTest {

  @RegisterExtension
  static final KeyedPair PAIR = new KeyedPair();

  private final KeyedInstance one = PAIR.one();
  private final KeyedInstance two = PAIR.two();
  private final String key = UUID.randomUUID().toString();

  @Test
  void a_key_that_has_expired_is_a_new_one_and_is_used_once_again() throws Exception {
    Wire.Answer first = one.ask("POST /work", key, "a");
    assertThat(count("select count(*) from scalable.idempotency_key where expires_at between"
        + " now() + interval '23 hours 59 minutes' and now() + interval '24 hours'")).isEqualTo(1);
    ASIDE.useHandle(handle ->
        handle.execute("update scalable.idempotency_key set expires_at = now() - interval '1 ms'"));
    List<FutureTask<Wire.Answer>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      KeyedInstance to = i % 2 == 0 ? one : two;
      all.add(inBackground(() -> to.ask("POST /work", key, "other")));
    }
    Set<String> bodies = all.stream().map(each -> {
      try {
        return each.get().status() + each.get().body();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }).collect(Collectors.toSet());
    assertThat(bodies).hasSize(1).doesNotContain(first.status() + first.body());
    assertThat(effects()).isEqualTo(2);
  }

  @Test
  void what_has_expired_is_deleted_once_in_batches_and_nothing_else_is() throws Exception {
    ASIDE.useHandle(handle -> handle.execute("""
        insert into scalable.idempotency_key (scope, fingerprint, expires_at)
        select int4send(n), '', now() + case when n > 2500 then interval '1 hour' else interval '-1 ms' end
        from generate_series(1, 2510) as n
        """));
    FutureTask<Long> other = inBackground(() -> two.parts().table().deleteExpired(100));
    long deleted = one.parts().table().deleteExpired(100) + other.get();
    // One that met only rows which the other was deleting went home early.
    deleted += one.parts().table().deleteExpired(100);
    assertThat(deleted).isEqualTo(2_500);
    assertThat(keys()).isEqualTo(10);
  }

  @Test
  void an_instance_without_its_table_is_not_ready_and_says_what_to_do_until_the_table_is_there() throws Exception {
    KeyedInstance.Wiring needing = KeyedInstance.wiring(TestStack.postgres().address().getPort());
    needing.idempotent().post("/x", (tx, r) -> Response.noContent());
    KeyedInstance.Wiring without = KeyedInstance.wiring(TestStack.postgres().address().getPort());
    ASIDE.useHandle(handle -> handle.execute("alter schema scalable rename to away"));
    try {
      KeyedInstance.start(needing);
      KeyedInstance.start(without);
      assertThat(needing.keyCheck().critical()).isTrue();
      assertThatThrownBy(needing.keyCheck()::check).isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("scalable.idempotency_key",
              "run the migrations in dev/scalable/migration of scalable-core");
      without.keyCheck().check();
    } finally {
      ASIDE.useHandle(handle -> handle.execute("alter schema away rename to scalable"));
    }
    needing.keyCheck().check();
    KeyedInstance.stop(needing);
    KeyedInstance.stop(without);
  }
}
