package dev.scalable.benchmarks.peer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The statements of the starter, with the parameters of JDBC. */
public final class Sql {

  /** Whose orders these are: what the starter learns from the token. */
  public static final long ACCOUNT = 1;

  /** Parameter: id. */
  public static final String PRODUCT = "select id, name, price_cents from product where id = ?";

  /** Parameters: id, account. */
  public static final String ORDER =
      "select id, product_id, quantity, price_cents, state, placed_at from orders where id = ? and account_id = ?";

  /** Claims a key; parameters: scope, fingerprint. */
  public static final String CLAIM = """
      insert into scalable.idempotency_key (scope, fingerprint, expires_at)
      values (?, ?, now() + interval '1 day') on conflict (scope) do nothing
      """;

  /** Parameters: scope, fingerprint. */
  public static final String KEPT = "select content from scalable.idempotency_key where scope = ? and fingerprint = ?";

  /** Keeps the answer with its key; parameters: content, scope. */
  public static final String KEEP = """
      update scalable.idempotency_key set status = 201, content_type = 'application/json', content = ? where scope = ?
      """;

  /** Places an order; parameters: quantity, product, quantity, account, quantity. */
  public static final String PLACE = """
      with taken as (
        update stock set available = available - ? where product_id = ? and available >= ?
        returning product_id, available),
      placed as (
        insert into orders (account_id, product_id, quantity, price_cents)
        select ?, id, ?, price_cents from product join taken on product_id = id
        returning id, product_id, quantity, price_cents, state, placed_at),
      written as (
        insert into sale (product_id, order_id, quantity, available)
        select placed.product_id, id, quantity, available from placed, taken)
      select id, product_id, quantity, price_cents, state, placed_at from placed
      """;

  private Sql() {}

  /** What a key, or the request with it, is known by. */
  public static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
