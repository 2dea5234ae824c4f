package dev.scalable.idempotency;

import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** The SQL of keys. All times are the database's own: those of the instances differ. */
@RegisterConstructorMapper(Keys.Claim.class)
@RegisterConstructorMapper(Keys.Row.class)
interface Keys {

  /**
   * Whether a key could be claimed.
   *
   * @param turn whether it is this transaction's turn: no other one that has not ended yet is at the key
   * @param claimed whether the key's row was not there, and now is
   */
  record Claim(boolean turn, boolean claimed) {}

  /** A row that others have committed. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(byte[] fingerprint, boolean expired, @Nullable Integer status, @Nullable String headers,
      @Nullable String contentType, byte @Nullable [] content) {}

  /**
   * Claims a key, in one round trip, if nobody else is at it: never waits. The lock ends with the transaction, after
   * its effects can be seen; without it, the insert would wait for another transaction's on a connection that others
   * need.
   */
  @SqlQuery("""
      with mine as materialized (select pg_try_advisory_xact_lock(:lock) as turn),
      claim as (
        insert into scalable.idempotency_key (scope, fingerprint, expires_at)
        select :scope, :fingerprint, now() + :keepMillis * interval '1 millisecond' from mine where turn
        on conflict (scope) do nothing
        returning scope
      )
      select turn, exists (select from claim) as claimed from mine
      """)
  Claim claim(long lock, byte[] scope, byte[] fingerprint, long keepMillis);

  @SqlQuery("""
      select fingerprint, expires_at <= now() as expired, status, headers, content_type, content
      from scalable.idempotency_key where scope = :scope
      """)
  @Nullable Row find(byte[] scope);

  @SqlUpdate("""
      update scalable.idempotency_key
      set status = :status, headers = :headers, content_type = :contentType, content = :content
      where scope = :scope
      """)
  int keep(byte[] scope, int status, String headers, @Nullable String contentType, byte @Nullable [] content);

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
