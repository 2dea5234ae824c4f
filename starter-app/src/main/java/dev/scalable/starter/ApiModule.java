package dev.scalable.starter;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.http.Route;
import dev.scalable.openapi.OpenApi;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.util.Set;

/** Tells clients what the service offers: the document of its routes, answered at {@code /openapi.json}. */
@Module
interface ApiModule {

  @Provides
  @Singleton
  static OpenApi openApi(Provider<Set<Route>> routes) {
    return OpenApi.of("Scalable starter", "1", routes::get);
  }

  @Provides
  @IntoSet
  static Route document(OpenApi openApi) {
    return openApi.route("/openapi.json");
  }
}
