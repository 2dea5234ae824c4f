package dev.scalable.starter.page;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.browser.SecurityHeaders;
import dev.scalable.cache.Caches;
import dev.scalable.config.Settings;
import dev.scalable.http.Description;
import dev.scalable.http.Filter;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.http.StaticFiles;
import dev.scalable.server.ServerSettings;
import java.util.Set;

/** The feature: the files of the page, and what it asks instances. */
@Module
public interface PageModule {

  @Provides
  @ElementsIntoSet
  static Set<Route> routes(Settings settings, ServerSettings server, Caches caches) {
    int controlPort = settings.number("STARTER_CONTROL_PORT", 0, 0, 65_535);
    Filter headers = SecurityHeaders.standard().withContentSecurityPolicy(policy(controlPort));
    return Set.of(
        Route.files("/", StaticFiles.fromClassPath("web")).with(headers),
        Route.get("/status", r -> Response.ok(Status.of(server.instanceId(), caches)).header("Cache-Control", "no-store"))
            .describedAs(Description.of("How the instance does that answers").answering(200, Status.class)));
  }

  /**
   * What the page may load: what comes from here, and nothing else. Only where {@code ./run} has started this instance, and so there is
   * a port by which instances are killed and started, may it talk to that as well.
   */
  private static String policy(int controlPort) {
    String control = controlPort == 0 ? "" : " http://127.0.0.1:" + controlPort;
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'" + control
        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }
}
