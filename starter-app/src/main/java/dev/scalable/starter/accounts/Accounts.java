package dev.scalable.starter.accounts;

import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** The SQL of accounts and tokens. */
@RegisterConstructorMapper(Grant.class)
interface Accounts {

  @SqlQuery("insert into account (name) values (:name) returning id")
  long create(String name);

  @SqlUpdate("""
      insert into access_token (digest, account_id, scope, expires_at)
      values (:digest, :account, :scope, now() + make_interval(days => :days))
      """)
  void grant(String digest, long account, String scope, int days);

  /** What a token is good for; null if there is none, or its time is over. */
  @SqlQuery("""
      select account_id as account, scope, ceil(extract(epoch from expires_at - now()))::bigint as remaining_seconds
      from access_token where digest = :digest and expires_at > now()
      """)
  @Nullable Grant find(String digest);

  @SqlUpdate("delete from access_token where digest = :digest")
  int revoke(String digest);
}
