package dev.scalable.docs.tokens;

import dev.scalable.auth.Bearer;
import dev.scalable.auth.TokenVerifier;
import dev.scalable.db.Db;
import dev.scalable.http.Filter;
import dev.scalable.http.Principal;

final class ApiKeys {
  private ApiKeys() {}

  static Filter filter(Db db) {
    return Bearer.tokens(TokenVerifier.opaque(digest -> db.readPrimary(tx -> tx.handle()
        .select("select owner from api_key where digest = ? and expires_at > now()", digest)
        .mapTo(String.class).findOne().map(Principal::named))));
  }
}
