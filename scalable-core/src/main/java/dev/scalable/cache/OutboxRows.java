package dev.scalable.cache;

import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The SQL of announced invalidations. All times are the database's own: those of the instances differ. */
@RegisterConstructorMapper(OutboxRows.Row.class)
@RegisterConstructorMapper(OutboxRows.Backlog.class)
interface OutboxRows {

  /**
   * What was announced.
   *
   * @param id the row
   * @param cache the cache
   * @param keys the keys; none for all
   */
  record Row(long id, String cache, List<String> keys) {}

  /**
   * What was not taken in an epoch.
   *
   * @param waiting how many rows, counted up to 10 000
   * @param oldestSeconds age of the oldest of them
   */
  record Backlog(long waiting, double oldestSeconds) {}

  /** Announces; parameters: namespace, cache, keys. Returns the row. */
  String ANNOUNCE = "insert into scalable.cache_outbox (namespace, cache, keys) values (?, ?, ?) returning id";

  @SqlUpdate("update scalable.cache_outbox set taken_in = :epoch, taken_at = now() where id = any(:ids)")
  int taken(String epoch, List<Long> ids);

  /**
   * Some rows that were not taken in an epoch, to be taken by this transaction; those that another has in hand are left
   * to it. Young ones are left to who has announced them.
   */
  @SqlQuery("""
      select id, cache, keys from scalable.cache_outbox
      where namespace = :namespace and (taken_in < :epoch or taken_in > :epoch)
        and created_at < now() - interval '1 second'
      limit :most for update skip locked
      """)
  List<Row> due(String namespace, String epoch, int most);

  @SqlQuery("""
      select count(*) as waiting, coalesce(extract(epoch from now() - min(created_at)), 0) as oldest_seconds from (
        select created_at from scalable.cache_outbox
        where namespace = :namespace and (taken_in < :epoch or taken_in > :epoch) limit 10000) as due
      """)
  Backlog backlog(String namespace, String epoch);

  /** Deletes some of the rows that were taken so long ago that they are not sent again. */
  @SqlUpdate("""
      delete from scalable.cache_outbox where id = any (array(
        select id from scalable.cache_outbox
        where namespace = :namespace and taken_in = :epoch and taken_at < now() - :keepMillis * interval '1 millisecond'
        order by taken_at limit :most for update skip locked))
      """)
  int deleteOld(String namespace, String epoch, long keepMillis, int most);

  /** Fails if the table is not there as it is used here. */
  @SqlQuery("""
      select count(*) from (
        select id, namespace, cache, keys, created_at, taken_in, taken_at from scalable.cache_outbox limit 0) as shape
      """)
  int check();

  @SqlQuery("select to_regclass('scalable.cache_outbox') is not null")
  boolean exists();
}
