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
}
