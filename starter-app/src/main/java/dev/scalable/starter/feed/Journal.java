package dev.scalable.starter.feed;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of the journal of sales, read in an order in which nothing is missed.
 *
 * <p>Ids are given when rows are written and not when they are committed, so a reader that has seen row 10 may have
 * missed row 9, which is committed a moment later. So rows are read by transaction and id, and only those of
 * transactions that are older than any that still runs: nothing can appear before them any more. A transaction that
 * runs for long holds the feed up, for as long as the settings of the pool let one run.
 */
interface Journal {

  /**
   * A row.
   *
   * @param transaction its transaction
   * @param row its id
   */
  record Row(long transaction, long row, long productId, int quantity, int available, Instant at) {

    Position position() {
      return new Position(transaction, row);
    }

    Sale sale() {
      return new Sale(productId, quantity, available, at);
    }
  }

  /** The settled rows behind a position, in order. */
  @RegisterConstructorMapper(Row.class)
  @SqlQuery("""
      select transaction::text::bigint as transaction, id as row, product_id, quantity, available, at from sale
      where (transaction, id) > (:transaction::text::xid8, :row) and transaction < pg_snapshot_xmin(pg_current_snapshot())
      order by sale.transaction, id limit :limit
      """)
  List<Row> after(long transaction, long row, int limit);

  /** The last settled row; null if there is none. */
  @RegisterConstructorMapper(Row.class)
  @SqlQuery("""
      select transaction::text::bigint as transaction, id as row, product_id, quantity, available, at from sale
      where transaction < pg_snapshot_xmin(pg_current_snapshot()) order by sale.transaction desc, id desc limit 1
      """)
  @Nullable Row last();

  /** The position up to which the journal was cleared; null if it never was. */
  @SqlQuery("select transaction || '-' || id from sale_horizon")
  @Nullable String horizon();

  /**
   * Clears what is too old, among so many of the first rows, and says how many those were. It looks at no more rows
   * than that, wherever the old ones end. What another instance clears just now is left to it.
   */
  @SqlQuery("""
      with first as materialized (
        select transaction, id, at from sale where transaction < pg_snapshot_xmin(pg_current_snapshot())
        order by sale.transaction, id limit :most),
      old as (
        select sale.transaction, sale.id from sale join first using (transaction, id)
        where first.at < now() - :keepMillis * interval '1 millisecond' for update of sale skip locked),
      gone as (
        delete from sale using old where sale.transaction = old.transaction and sale.id = old.id
        returning sale.transaction, sale.id),
      moved as (
        insert into sale_horizon (transaction, id)
        select transaction, id from gone order by transaction desc, id desc limit 1
        on conflict (single) do update set transaction = excluded.transaction, id = excluded.id
        where (sale_horizon.transaction, sale_horizon.id) < (excluded.transaction, excluded.id))
      select count(*) from gone
      """)
  int clear(long keepMillis, int most);
}
