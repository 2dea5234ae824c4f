package dev.scalable.docs.limits;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.auth.Bearer;
import dev.scalable.auth.TokenVerifier;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.ratelimit.RateLimit;
import dev.scalable.ratelimit.RateLimits;
import java.time.Duration;
import java.util.Set;

@Module
interface LimitsModule {
  @Provides @ElementsIntoSet static Set<Route> routes(RateLimits limits, TokenVerifier verifier) {
    RateLimit searches = limits.limit("search", 100, Duration.ofMinutes(1)).by(RateLimit.Key.principal()).withHeaders();
    RateLimit logins = limits.limit("login", 10, Duration.ofMinutes(1)).by(RateLimit.Key.client())
        .whenRedisIsAway(RateLimit.WhenAway.CLOSED);
    return Set.of(
        Route.get("/search", r -> Response.text("found")).with(Bearer.tokens(verifier), searches),
        Route.post("/login", r -> Response.noContent()).with(logins));
  }
}
