package dev.scalable.benchmarks;

import dagger.Component;
import dev.scalable.ScalableModule;
import dev.scalable.cache.Caches;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** An instance of ours, complete but for its server, of which one JVM can have several. */
public final class CachingInstance implements AutoCloseable {

  /** As an app is wired. */
  @Singleton
  @Component(modules = ScalableModule.class)
  interface Wiring {
    Caches caches();

    Set<Part> parts();
  }

  private final Wiring wiring;
  private final List<Part> parts;

  private CachingInstance(Map<String, String> environment) {
    wiring = DaggerCachingInstance_Wiring.builder().scalableModule(ScalableModule.with(environment)).build();
    parts = wiring.parts().stream()
        .filter(part -> part.stage() == Part.Stage.CONNECTIONS || part.stage() == Part.Stage.WORK)
        .sorted(Comparator.comparing(Part::stage)).toList();
  }

  /**
   * Starts one, and waits until its heap may be served, unless it has none.
   *
   * @param environment its settings
   */
  public static CachingInstance start(Map<String, String> environment) throws Exception {
    CachingInstance instance = new CachingInstance(environment);
    for (Part part : instance.parts) {
      part.start();
    }
    while (!instance.caches().nearTierServes() && !"0s".equals(environment.get("SCALABLE_CACHE_NEAR_VALIDITY"))) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return instance;
  }

  public Caches caches() {
    return wiring.caches();
  }

  @Override
  public void close() throws Exception {
    for (Part part : parts.reversed()) {
      part.stop();
    }
  }
}
