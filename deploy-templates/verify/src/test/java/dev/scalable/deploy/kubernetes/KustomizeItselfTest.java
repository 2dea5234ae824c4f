package dev.scalable.deploy.kubernetes;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our renderer and kustomize itself make the same of each overlay. It is taken from the path, as {@code kustomize} or
 * in a {@code kubectl} that has version 4 or newer; elsewhere, and where containers are required, from an image.
 */
class KustomizeItselfTest {

  private static final String IMAGE = "scalable/kustomize:forky";

  static List<Path> overlays() throws IOException {
    return Templates.folders(Templates.OVERLAYS);
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void our_renderer_makes_of_an_overlay_what_kustomize_makes_of_it(Path overlay) throws InterruptedException {
    List<String> kustomize = kustomize();
    assumeTrue(!kustomize.isEmpty(), "NOT RUN: there is no kustomize of version 4 or newer to compare with");
    Engine.Output theirs = Engine.run(Stream.concat(kustomize.stream(), Stream.of(overlay.toString()))
        .toArray(String[]::new));
    assertThat(theirs.exitCode()).as(theirs.text()).isZero();

    Map<String, Object> rendered = YamlFile.any(Path.of("kustomize"), theirs.text(), 0).stream()
        .map(node -> new Resource((Node.Mapping) node))
        .collect(toMap(Resource::toString, resource -> resource.document().plain()));
    Map<String, Object> ours = Kustomization.render(Templates.ROOT, overlay).stream()
        .collect(toMap(Resource::toString, resource -> resource.document().plain()));

    assertThat(ours.keySet()).containsExactlyInAnyOrderElementsOf(rendered.keySet());
    assertThat(ours).allSatisfy((name, resource) -> assertThat(resource).isEqualTo(rendered.get(name)));
  }

  /** The command that renders a folder, relative to deploy-templates; empty where there is none. */
  private static List<String> kustomize() throws InterruptedException {
    List<String> contained = List.of("docker", "run", "--rm", "--network=none",
        "--volume=" + Templates.ROOT + ":/templates:ro", "--workdir=/templates", IMAGE, "build");
    if (Engine.REQUIRED) {
      return contained;
    }
    if (Engine.run("kustomize", "version").exitCode() == 0) {
      return List.of("kustomize", "build");
    }
    // Older ones have version 2 and do not tell it.
    if (Engine.run("kubectl", "version", "--client").text().contains("Kustomize Version: v")) {
      return List.of("kubectl", "kustomize");
    }
    return Engine.has(IMAGE) ? contained : List.of();
  }
}
