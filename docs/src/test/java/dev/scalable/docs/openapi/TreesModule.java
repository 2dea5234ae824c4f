package dev.scalable.docs.openapi;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dagger.multibindings.IntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.http.Description;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.openapi.OpenApi;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.util.Set;

@Module
interface TreesModule {
  record Tree(long id, String kind) {}

  @Provides @ElementsIntoSet static Set<Route> routes() {
    return Set.of(Route.get("/trees/{id}", r -> Response.ok(new Tree(r.pathLong("id"), "oak")))
        .describedAs(Description.of("One tree").answering(200, Tree.class)));
  }

  @Provides @Singleton static OpenApi openApi(Provider<Set<Route>> routes) {
    return OpenApi.of("Trees", "1", routes::get);
  }

  @Provides @IntoSet static Route document(OpenApi openApi) {
    return openApi.route("/openapi.json");
  }

  @Singleton @Component(modules = {ScalableModule.class, TreesModule.class}) interface App {
    OpenApi openApi();
  }
}
