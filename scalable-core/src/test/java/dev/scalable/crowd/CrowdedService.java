package dev.scalable.crowd;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.check.SharedState;
import dev.scalable.http.EventStream;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Service;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An app with something to ask for, and a feed of events to follow, as it is shipped. */
final class CrowdedService {

  private CrowdedService() {}

  @Singleton
  @SharedState("the clients that are connected to this very instance")
  static final class Followers {
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();

    @Inject
    Followers() {}

    void add(EventStream stream) {
      open.add(stream);
      stream.onClose(() -> open.remove(stream));
    }

    /** Returns to how many. */
    int tell(String text) {
      EventStream.Event event = EventStream.Event.of(text);
      return (int) open.stream().filter(stream -> stream.send(event)).count();
    }
  }

  @Module
  interface Routes {
    @Provides
    @ElementsIntoSet
    static Set<Route> routes(Followers followers) {
      return Set.of(
          Route.get("/quick", r -> Response.text("quick")),
          Route.get("/feed", r -> Response.events(followers::add)),
          Route.post("/tell", String.class, (r, text) -> Response.text(String.valueOf(followers.tell(text)))));
    }
  }

  @Singleton
  @Component(modules = {ScalableModule.class, Routes.class})
  interface App {
    Service service();
  }

  /** Configured by the environment. */
  public static void main(String[] args) {
    DaggerCrowdedService_App.create().service().run();
  }
}
