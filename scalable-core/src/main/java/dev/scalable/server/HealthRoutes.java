package dev.scalable.server;

import dev.scalable.health.Readiness;
import dev.scalable.http.Lookup;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The addresses at which a balancer or an orchestrator asks after this instance. Answered on the IO thread, so that
 * they answer when every handler thread and every pool is busy; neither asks the database or Redis. On the server's own
 * port for a balancer that looks where it sends; an orchestrator has {@link HealthListener}.
 */
final class HealthRoutes {

  private HealthRoutes() {}

  /** {@code /health/live} answers 200 while requests are answered at all, {@code /health/ready} 200 or 503. */
  static Set<Route> of(Readiness readiness) {
    return Set.of(
        Route.get("/health/live", new Present(readiness), Request::id, state -> live()),
        Route.get("/health/ready", new Present(readiness), Request::id, HealthRoutes::ready));
  }

  /** The answer to who asks whether this instance lives. */
  static Response live() {
    return Response.ok(Map.of("status", "live"));
  }

  /** The answer to who asks whether it wants traffic. */
  static Response ready(Readiness.State state) {
    return Response.json(state == Readiness.State.READY ? 200 : 503,
        Map.of("status", state.name().toLowerCase(Locale.ROOT)));
  }

  /** The present state, which is always at hand, whatever the key. */
  private record Present(Readiness readiness) implements Lookup<String, Readiness.State> {

    @Override
    public Found<Readiness.State> peek(String requestId) {
      return readiness::state;
    }

    @Override
    public Readiness.State get(String requestId) {
      return readiness.state();
    }
  }
}
