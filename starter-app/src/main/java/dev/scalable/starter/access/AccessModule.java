package dev.scalable.starter.access;

import dagger.BindsOptionalOf;
import dagger.Module;
import dagger.Provides;
import dev.scalable.auth.Bearer;
import dev.scalable.auth.TokenVerifier;
import dev.scalable.http.Filter;
import jakarta.inject.Singleton;
import java.util.Optional;

/** What stands before the routes that change something. Without a feature that knows tokens, nobody is let in. */
@Module
public interface AccessModule {

  /** The scope of those who keep the catalog and its stock. */
  String MERCHANT = "merchant";

  @BindsOptionalOf
  TokenVerifier verifier();

  @Provides
  @Singleton
  @SignedIn
  static Filter signedIn(Optional<TokenVerifier> verifier) {
    return Bearer.tokens(verifier.orElse(token -> {
      throw new TokenVerifier.Refused("This service knows no tokens");
    }));
  }
}
