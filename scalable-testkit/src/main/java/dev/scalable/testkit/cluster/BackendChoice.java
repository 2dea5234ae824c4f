package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * Which backend a cluster runs on, and why. What the test's code says wins over the property {@value #PROPERTY}, then
 * {@value #VARIABLE}, then the order of {@link #ORDER}. Where the code says nothing, {@value #REQUIRE} turns the choice
 * of any other into a failure, so that a build that means to test with containers is not green without them.
 */
record BackendChoice(BackendProvider provider, String why) {
  static final String PROPERTY = "scalable.testkit.backend";
  static final String VARIABLE = "SCALABLE_TESTKIT_BACKEND";
  static final String REQUIRE = "SCALABLE_TESTKIT_REQUIRE";

  /** An app that runs already is no other's; containers are what was asked for by whoever added Testcontainers. */
  private static final List<Backend> ORDER = List.of(Backend.EXTERNAL, Backend.DOCKER, Backend.LOCAL);

  /**
   * Chooses.
   *
   * @throws ClusterException if what was asked for, or anything at all, cannot be had; with the reason of each
   */
  static BackendChoice of(ClusterSpec spec) {
    List<BackendProvider> providers =
        ServiceLoader.load(BackendProvider.class, BackendProvider.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    return of(spec, providers, System.getenv());
  }

  static BackendChoice of(ClusterSpec spec, List<BackendProvider> providers, Map<String, String> environment) {
    BackendChoice choice = choose(spec, providers, environment);
    String required = environment.getOrDefault(REQUIRE, "");
    if (!required.isBlank() && spec.backend() == Backend.AUTO && choice.provider.kind() != required(required)) {
      throw new ClusterException("the environment's " + REQUIRE + " asks for the backend \"" + required
          + "\" and nothing else, but it would be " + choice);
    }
    return choice;
  }

  private static Backend required(String name) {
    Backend backend = Backend.named(name, REQUIRE);
    if (backend == Backend.AUTO) {
      throw new IllegalArgumentException(REQUIRE + " is \"" + name + "\", which requires nothing: name a backend");
    }
    return backend;
  }

  private static BackendChoice choose(
      ClusterSpec spec, List<BackendProvider> providers, Map<String, String> environment) {
    if (spec.backend() != Backend.AUTO) {
      return only(spec.backend(), "the test asks for it", spec, providers);
    }
    String property = System.getProperty(PROPERTY, "");
    String origin = property.isBlank() ? VARIABLE : PROPERTY;
    String said = property.isBlank() ? environment.getOrDefault(VARIABLE, "") : property;
    if (spec.app().program() instanceof Program.Running) {
      return only(Backend.EXTERNAL, "the app runs already", spec, providers);
    }
    if (!said.isBlank() && Backend.named(said, origin) != Backend.AUTO) {
      return only(Backend.named(said, origin), origin + " asks for it", spec, providers);
    }
    List<String> refused = new ArrayList<>();
    for (Backend kind : ORDER) {
      Optional<BackendProvider> provider = find(kind, providers);
      Optional<String> obstacle = provider.flatMap(each -> obstacle(each, spec));
      if (provider.isPresent() && obstacle.isEmpty()) {
        return new BackendChoice(provider.get(), refused.isEmpty()
            ? "nothing stands in its way"
            : refused.stream().collect(Collectors.joining("; ", "not ", "")));
      }
      refused.add(kind + ": " + obstacle.orElse("it is not on the class path"));
    }
    throw new ClusterException("no cluster can run here:\n- " + String.join("\n- ", refused));
  }

  private static BackendChoice only(Backend kind, String why, ClusterSpec spec, List<BackendProvider> providers) {
    BackendProvider provider = find(kind, providers).orElseThrow(() -> new ClusterException(
        "the backend \"" + kind + "\" (" + why + ") is not on the class path"));
    obstacle(provider, spec).ifPresent(obstacle -> {
      throw new ClusterException("the backend \"" + kind + "\" (" + why + ") cannot be used: " + obstacle);
    });
    return new BackendChoice(provider, why);
  }

  /** One backend that fails to tell does not keep a cluster from running on another. */
  private static Optional<String> obstacle(BackendProvider provider, ClusterSpec spec) {
    try {
      return provider.obstacle(spec.request());
    } catch (RuntimeException | LinkageError e) {
      return Optional.of("it failed to tell whether it can be used: " + e);
    }
  }

  private static Optional<BackendProvider> find(Backend kind, List<BackendProvider> providers) {
    return providers.stream().filter(each -> each.kind() == kind).findFirst();
  }

  /** The name of the backend. */
  String name() {
    return provider.kind().toString();
  }

  Environment open(ClusterSpec spec) {
    return provider.open(spec.request());
  }

  /** The name, and why it was chosen. */
  @Override
  public String toString() {
    return name() + " (" + why + ")";
  }
}
