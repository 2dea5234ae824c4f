package dev.scalable.cache;

import dev.scalable.TestStack;
import dev.scalable.db.Db;
import dev.scalable.db.Tx;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** A table of items with the test stack's PostgreSQL, and caches of it. */
final class Items {

  record Item(long id, String name) {}

  private final Jdbi aside = Jdbi.create(TestStack.postgres().dataSource());
  private final String namespace;

  Items(String namespace) {
    this.namespace = namespace;
    aside.useHandle(handle -> handle.createScript(
        "drop table if exists item; create table item (id bigint primary key, name text not null)").execute());
  }

  void set(long id, String name) {
    aside.useHandle(handle -> set(handle, id, name));
  }

  static void set(Tx tx, long id, String name) {
    set(tx.handle(), id, name);
  }

  private static void set(Handle handle, long id, String name) {
    handle.execute("insert into item values (?, ?) on conflict (id) do update set name = excluded.name", id, name);
  }

  static TwoTierCache<Long, Item> cache(CacheInstance instance) {
    Db db = instance.db();
    return instance.caches().named("item", Long.class, Item.class).expireAfterWrite(Duration.ofMinutes(10))
        .build(id -> db.read(tx -> tx.handle().createQuery("select name from item where id = :id").bind("id", id)
            .mapTo(String.class).findOne().map(name -> new Item(id, name)).orElse(null)));
  }

  static String name(TwoTierCache<Long, Item> cache, long id) {
    Item found = cache.get(id);
    return found == null ? "nothing" : found.name();
  }

  /** In which epochs Redis has taken what was announced, as far as the table knows; "" for none. */
  List<String> takenIn() {
    return aside.withHandle(handle -> handle
        .createQuery("select taken_in from scalable.cache_outbox where namespace = :namespace order by id")
        .bind("namespace", namespace).mapTo(String.class).list());
  }

  List<String> names() {
    return aside.withHandle(handle ->
        handle.createQuery("select name from item order by id").mapTo(String.class).list());
  }

  void age(String interval) {
    aside.useHandle(handle -> handle.execute(
        "update scalable.cache_outbox set taken_at = now() - ?::interval where namespace = ?", interval, namespace));
  }

  void execute(String sql) {
    aside.useHandle(handle -> handle.execute(sql));
  }
}
