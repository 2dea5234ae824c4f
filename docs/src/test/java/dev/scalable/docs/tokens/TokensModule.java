package dev.scalable.docs.tokens;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dagger.multibindings.IntoSet;
import dev.scalable.auth.Bearer;
import dev.scalable.browser.Cors;
import dev.scalable.browser.SecurityHeaders;
import dev.scalable.http.Filter;
import dev.scalable.http.Filters;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.jwt.JwtKeys;
import dev.scalable.jwt.JwtVerifier;
import dev.scalable.jwt.RemoteKeys;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Set;

@Module
interface TokensModule {
  @Provides @Singleton static RemoteKeys keys() {
    return JwtKeys.at(URI.create("https://id.example/.well-known/jwks.json"));
  }

  @Binds @IntoSet Part keysAreFetched(RemoteKeys keys);

  @Provides @ElementsIntoSet static Set<Route> routes(RemoteKeys keys) {
    Filter tokens = Bearer.tokens(JwtVerifier.of(keys, "https://id.example", "shop"));
    return Set.of(
        Route.get("/me", r -> Response.text(r.principal().name())).with(tokens),
        Route.delete("/orders/{id}", r -> Response.noContent()).with(tokens, Bearer.scope("orders:write")));
  }

  @Provides @Singleton static Filters filters() {
    return Filters.of(
        Cors.from("https://shop.example"),
        SecurityHeaders.standard().withContentSecurityPolicy("default-src 'none'; frame-ancestors 'none'"));
  }
}
