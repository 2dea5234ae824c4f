package dev.scalable.server;

import dev.scalable.http.Method;
import dev.scalable.http.Route;
import io.undertow.server.HttpServerExchange;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All observers of requests, asked once for every route. Immutable. */
final class Observers {

  private static final Logger log = LoggerFactory.getLogger(Observers.class);

  private final List<RequestObserver> observers;
  private final Clients clients;
  private final IdentityHashMap<Route, OfRoute> routes = new IdentityHashMap<>();
  /** For requests without a route, by method. */
  private final Map<String, OfRoute> unmatched = new HashMap<>();
  private final OfRoute other;

  /** What observes the requests of one route. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record OfRoute(String route, RequestObserver.OfRoute[] observers) {

    void ended(RequestObserver.Ended request) {
      for (RequestObserver.OfRoute observer : observers) {
        try {
          observer.ended(request);
        } catch (RuntimeException e) {
          log.error("{} an observer of requests has failed", request.id(), e);
        }
      }
    }
  }

  private Observers(List<RequestObserver> observers, Clients clients) {
    this.observers = observers;
    this.clients = clients;
    this.other = observe(RequestObserver.OTHER, RequestObserver.UNMATCHED);
  }

  /** The observers of a server's routes. */
  static Observers of(Collection<RequestObserver> observers, Collection<Route> routes, Clients clients) {
    Observers all = new Observers(List.copyOf(observers), clients);
    for (Method method : Method.values()) {
      all.unmatched.put(method.name(), all.observe(method.name(), RequestObserver.UNMATCHED));
    }
    routes.forEach(route -> all.routes.put(route, all.observe(route.method().name(), route.template())));
    return all;
  }

  private OfRoute observe(String method, String route) {
    return new OfRoute(route,
        observers.stream().map(observer -> observer.of(method, route)).toArray(RequestObserver.OfRoute[]::new));
  }

  /** Takes up a request that has arrived. */
  Observed begin(HttpServerExchange exchange) {
    return Observed.begin(exchange, this);
  }

  Clients clients() {
    return clients;
  }

  OfRoute of(Route route) {
    return routes.getOrDefault(route, other);
  }

  OfRoute unmatched(String method) {
    return unmatched.getOrDefault(method, other);
  }
}
