package dev.scalable.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in deploy-templates/kubernetes has no mistake that can be found without a cluster. */
class KubernetesTemplatesTest {

  /** Those that no overlay has, with what they need. */
  private static final List<List<String>> ALTERNATIVES = List.of(
      List.of("postgres", "valkey", "ingress"),
      List.of("postgres", "pooler", "valkey", "hpa", "pdb", "gateway", "gateway-retries"));

  static List<Path> overlays() throws IOException {
    return Templates.folders(Templates.OVERLAYS);
  }

  static List<List<String>> alternatives() {
    return ALTERNATIVES;
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void an_overlay_is_what_the_cluster_the_library_and_its_own_parts_want(Path overlay) {
    assertThat(Checks.of(Templates.ROOT, overlay)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("alternatives")
  void components_that_no_overlay_picks_are_right_as_well(List<String> components,
      @TempDir Path copy) throws IOException {
    Templates.copy(copy);
    assertThat(Checks.of(copy, Templates.overlay(copy, components))).isEmpty();
  }

  @Test
  void no_component_goes_unchecked() throws IOException {
    Set<String> checked = new HashSet<>();
    ALTERNATIVES.forEach(checked::addAll);
    for (Path overlay : overlays()) {
      YamlFile.documents(Templates.ROOT, overlay.resolve("kustomization.yaml")).getFirst().items("components")
          .forEach(component -> checked.add(component.text().orElseThrow().replaceFirst(".*/", "")));
    }
    assertThat(Templates.folders(Path.of("kubernetes/components"))).extracting(folder -> folder.getFileName()
        .toString())
        .containsExactlyInAnyOrderElementsOf(checked);
  }

  @Test
  void pods_of_nginx_get_every_file_that_the_testkit_runs() throws IOException {
    Manifests prod = Manifests.render(Templates.ROOT, Templates.OVERLAYS.resolve("prod"));
    Set<String> mounted = NginxFiles.of(prod.workload("app-nginx").orElseThrow(), prod).files().keySet();
    Path nginx = Templates.ROOT.resolve("nginx");
    try (Stream<Path> files = Files.walk(nginx)) {
      assertThat(files.filter(file -> file.toString().endsWith(".conf")).map(file -> nginx.relativize(file).toString()))
          .allSatisfy(file -> assertThat(mounted).contains(file));
    }
  }
}
