package dev.scalable.starter.accounts;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.auth.TokenVerifier;
import dev.scalable.cache.Caches;
import dev.scalable.cache.Loaded;
import dev.scalable.cache.TwoTierCache;
import dev.scalable.config.Settings;
import dev.scalable.db.Db;
import dev.scalable.http.Description;
import dev.scalable.http.Filter;
import dev.scalable.http.Principal;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.ratelimit.RateLimit;
import dev.scalable.ratelimit.RateLimits;
import dev.scalable.starter.access.SignedIn;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The feature: its cache, who a token belongs to, its routes and what answers them. */
@Module
public interface AccountsModule {

  /** For how long a token is good. */
  int DAYS = 30;

  /** The claim by which an account's owner can give the token back that is shown. */
  String DIGEST = "digest";

  /** By the digests of tokens. A token that is revoked is refused everywhere within the cache's validity bound. */
  @Provides
  @Singleton
  static TwoTierCache<String, Grant> grants(Caches caches, Db db) {
    return caches.named("grant", String.class, Grant.class)
        .expireAfterWrite(Grant.LONGEST)
        .build((digest, context) -> {
          Grant grant = db.readPrimary(tx -> tx.dao(Accounts.class).find(digest));
          // Not for long: who sends made-up tokens shall not fill the cache with them.
          return grant == null ? new Loaded.Absent<>(Duration.ofSeconds(5)) : new Loaded.Value<>(grant, grant.cacheable());
        });
  }

  @Provides
  @Singleton
  static TokenVerifier verifier(TwoTierCache<String, Grant> grants) {
    return TokenVerifier.opaque(digest -> Optional.ofNullable(grants.get(digest))
        .map(grant -> new Principal(Long.toString(grant.account()), Map.of("scope", grant.scope(), DIGEST, digest))));
  }

  @Provides
  @ElementsIntoSet
  static Set<Route> routes(TwoTierCache<String, Grant> grants, Db db, Settings settings, RateLimits limits,
      @SignedIn Filter signedIn) {
    int perHour = settings.number("STARTER_ACCOUNTS_PER_HOUR", 100, 1, 1_000_000);
    // Anybody may open one, so that somebody could fill the database with them.
    RateLimit few = limits.limit("accounts", perHour, Duration.ofHours(1)).by(RateLimit.Key.client());
    return Set.of(
        // Not repeatable with a key: the answer, with the token in it, would be kept. A second account does no harm.
        Route.post("/accounts", AccountDetails.class, (r, details) -> create(db, details)).with(few)
            .describedAs(Description.of("Opens an account, and tells its token").answering(201, NewAccount.class)
                .failing(429, "too many were opened from the same address")),
        Route.delete("/accounts/token", r -> revoke(db, grants, r)).with(signedIn)
            .describedAs(Description.of("Makes the token that is shown worthless").bearer().answering(204)));
  }

  private static Response create(Db db, AccountDetails details) {
    String token = Tokens.random();
    long id = db.write(tx -> {
      Accounts accounts = tx.dao(Accounts.class);
      long created = accounts.create(details.name());
      accounts.grant(TokenVerifier.digest(token), created, "", DAYS);
      return created;
    });
    return Response.json(201, new NewAccount(id, details.name(), token)).header("Cache-Control", "no-store");
  }

  private static Response revoke(Db db, TwoTierCache<String, Grant> grants, Request request) {
    String digest = String.valueOf(request.principal().claims().get(DIGEST));
    db.write(tx -> {
      grants.invalidate(tx, digest);
      return tx.dao(Accounts.class).revoke(digest);
    });
    return Response.noContent();
  }
}
