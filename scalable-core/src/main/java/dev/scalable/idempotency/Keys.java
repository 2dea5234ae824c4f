package dev.scalable.idempotency;

import dev.scalable.db.Tx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** The SQL of keys. All times are the database's own: those of the instances differ. */
interface Keys {

  /**
   * The first sees whether another transaction that has not ended is at a key, and never waits. The second sees what
   * those that have ended left: it has a snapshot of its own, taken when the lock was had, so that of a transaction
   * which ends just then either the lock is seen or the row. Both are one round trip.
   */
  String CLAIM = """
      select pg_try_advisory_xact_lock(?);
      select fingerprint, expires_at <= now() as expired, status, headers, content_type, content
      from scalable.idempotency_key where scope = ?
      """;

  /** Fails if the key is there, which who has its lock knows that it is not. */
  String KEEP = """
      insert into scalable.idempotency_key (scope, fingerprint, expires_at, status, headers, content_type, content)
      values (?, ?, now() + ? * interval '1 millisecond', ?, ?, ?, ?)
      """;

  /**
   * What there is of a key.
   *
   * @param turn whether it is this transaction's turn: no other one that has not ended yet is at the key
   * @param row what others have committed; null for nothing
   */
  record Claim(boolean turn, @Nullable Row row) {}

  /** A row that others have committed. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(byte[] fingerprint, boolean expired, int status, String headers, @Nullable String contentType,
      byte @Nullable [] content) {}

  /**
   * Has the key for this transaction, if nobody else is at it. The lock ends with the transaction, after its effects can
   * be seen.
   */
  static Claim claim(Tx tx, long lock, byte[] scope) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement(CLAIM)) {
      statement.setLong(1, lock);
      statement.setBytes(2, scope);
      statement.execute();
      boolean turn;
      try (ResultSet locked = statement.getResultSet()) {
        locked.next();
        turn = locked.getBoolean(1);
      }
      statement.getMoreResults();
      try (ResultSet row = statement.getResultSet()) {
        return new Claim(turn, row.next() ? row(row) : null);
      }
    }
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(row.getBytes(1), row.getBoolean(2), row.getInt(3), row.getString(4), row.getString(5), row.getBytes(6));
  }

  @SqlUpdate("delete from scalable.idempotency_key where scope = :scope and expires_at <= now()")
  int forget(byte[] scope);

  /** Deletes some of the expired rows; those that another instance deletes just now are left to it. */
  @SqlUpdate("""
      delete from scalable.idempotency_key where scope = any (array(
        select scope from scalable.idempotency_key
        where expires_at <= now() order by expires_at limit :most for update skip locked))
      """)
  int deleteExpired(int most);

  /** Fails if the table is not there as it is used here. */
  @SqlQuery("""
      select count(*) from (
        select scope, fingerprint, expires_at, status, headers, content_type, content
        from scalable.idempotency_key limit 0) as shape
      """)
  int check();
}
