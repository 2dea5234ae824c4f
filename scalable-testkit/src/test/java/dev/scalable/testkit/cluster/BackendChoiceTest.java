package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.external.ExternalBackend;
import dev.scalable.testkit.local.LocalBackend;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a cluster runs, and what is said of why. */
class BackendChoiceTest {
  private static final AppSpec APP = AppSpec.mainClass(TinyApp.class);

  @AfterEach
  void forget() {
    System.clearProperty(BackendChoice.PROPERTY);
  }

  @Test
  void a_running_app_is_before_containers_and_containers_are_before_processes() {
    List<BackendProvider> all = List.of(local(null), docker(null), external(null));
    assertThat(choose(Backend.AUTO, all)).hasToString("external (nothing stands in its way)");
    assertThat(choose(Backend.AUTO, List.of(local(null), docker(null), external("no address"))))
        .hasToString("docker (not external: no address)");
    assertThat(choose(Backend.AUTO, List.of(local(null), docker("no engine answers"), external("no address"))))
        .hasToString("local (not external: no address; docker: no engine answers)");
  }

  @Test
  void a_backend_that_is_not_on_the_class_path_is_one_that_cannot_be_chosen() {
    assertThat(choose(Backend.AUTO, List.of(local(null), external("no address"))))
        .hasToString("local (not external: no address; docker: it is not on the class path)");
    assertThatThrownBy(() -> choose(Backend.DOCKER, List.of(local(null))))
        .isInstanceOf(ClusterException.class)
        .hasMessage("the backend \"docker\" (the test asks for it) is not on the class path");
  }

  @Test
  void when_none_can_be_used_the_reason_of_each_is_told() {
    assertThatThrownBy(() -> choose(
        Backend.AUTO, List.of(external("no address"), docker("no engine answers"), local("no shell"))))
        .isInstanceOf(ClusterException.class)
        .hasMessage("no cluster can run here:\n- external: no address\n- docker: no engine answers\n- local: no shell");
  }

  @Test
  void what_the_code_asks_for_is_what_it_gets_or_a_failure_with_the_reason() {
    assertThat(choose(Backend.LOCAL, List.of(local(null), docker(null), external(null))))
        .hasToString("local (the test asks for it)");
    assertThatThrownBy(() -> choose(Backend.DOCKER, List.of(local(null), docker("no engine answers"))))
        .isInstanceOf(ClusterException.class)
        .hasMessage("the backend \"docker\" (the test asks for it) cannot be used: no engine answers");
  }

  @Test
  void the_environment_says_it_for_all_tests_whose_code_does_not_and_a_property_wins_over_it() {
    List<BackendProvider> all = List.of(local(null), docker(null), external("no address"));
    Map<String, String> environment = Map.of(BackendChoice.VARIABLE, " Local ");
    assertThat(choose(Backend.AUTO, all, environment)).hasToString("local (SCALABLE_TESTKIT_BACKEND asks for it)");
    assertThat(choose(Backend.DOCKER, all, environment)).hasToString("docker (the test asks for it)");
    assertThat(choose(Backend.AUTO, all, Map.of(BackendChoice.VARIABLE, "auto")))
        .hasToString("docker (not external: no address)");
    assertThatThrownBy(() -> choose(Backend.AUTO, List.of(local("no shell"), docker(null)), environment))
        .isInstanceOf(ClusterException.class)
        .hasMessage("the backend \"local\" (SCALABLE_TESTKIT_BACKEND asks for it) cannot be used: no shell");

    System.setProperty(BackendChoice.PROPERTY, "docker");
    assertThat(choose(Backend.AUTO, all, environment)).hasToString("docker (scalable.testkit.backend asks for it)");
  }

  @Test
  void what_is_required_turns_any_other_choice_into_a_failure_that_says_why() {
    Map<String, String> environment = Map.of(BackendChoice.REQUIRE, "docker");
    List<BackendProvider> without = List.of(local(null), docker("no engine answers"), external("no address"));
    assertThatThrownBy(() -> choose(Backend.AUTO, without, environment))
        .isInstanceOf(ClusterException.class)
        .hasMessage("the environment's SCALABLE_TESTKIT_REQUIRE asks for the backend \"docker\" and nothing else, but"
            + " it would be local (not external: no address; docker: no engine answers)");
    assertThat(choose(Backend.AUTO, List.of(local(null), docker(null), external("no address")), environment))
        .hasToString("docker (not external: no address)");
    assertThatThrownBy(() -> choose(Backend.AUTO, List.of(local(null), docker(null)),
        Map.of(BackendChoice.REQUIRE, "docker", BackendChoice.VARIABLE, "local")))
        .hasMessageContaining("but it would be local (SCALABLE_TESTKIT_BACKEND asks for it)");
    assertThat(choose(Backend.LOCAL, without, environment)).as("chosen by code is no fallback")
        .hasToString("local (the test asks for it)");
  }

  @Test
  void unknown_names_are_told_with_where_they_were_said_and_the_names_that_there_are() {
    List<BackendProvider> all = List.of(local(null));
    assertThatThrownBy(() -> choose(Backend.AUTO, all, Map.of(BackendChoice.VARIABLE, "podman")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("SCALABLE_TESTKIT_BACKEND is \"podman\", which is no backend; there are auto, local, docker,"
            + " external");
    assertThatThrownBy(() -> choose(Backend.AUTO, all, Map.of(BackendChoice.REQUIRE, "dokcer")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SCALABLE_TESTKIT_REQUIRE is \"dokcer\", which is no backend");
    assertThatThrownBy(() -> choose(Backend.AUTO, all, Map.of(BackendChoice.REQUIRE, "auto")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SCALABLE_TESTKIT_REQUIRE is \"auto\", which requires nothing");
    System.setProperty(BackendChoice.PROPERTY, "lokal");
    assertThatThrownBy(() -> choose(Backend.AUTO, all))
        .hasMessageContaining("scalable.testkit.backend is \"lokal\", which is no backend");
  }

  @Test
  void a_backend_that_fails_to_tell_keeps_no_other_from_being_chosen() {
    BackendProvider broken = new Provider(Backend.DOCKER, request -> {
      throw new NoClassDefFoundError("com/github/dockerjava/api/DockerClient");
    });
    assertThat(choose(Backend.AUTO, List.of(local(null), external("no address"), broken)))
        .hasToString("local (not external: no address; docker: it failed to tell whether it can be used:"
            + " java.lang.NoClassDefFoundError: com/github/dockerjava/api/DockerClient)");
  }

  @Test
  void the_backends_that_are_shipped_refuse_what_is_anothers() {
    List<BackendProvider> shipped = List.of(new LocalBackend(), new ExternalBackend());
    assertThat(choose(Backend.AUTO, shipped).provider().kind()).isEqualTo(Backend.LOCAL);
    assertThatThrownBy(() -> choose(Backend.EXTERNAL, shipped))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("no address of a running cluster was given (AppSpec.running, or SCALABLE_TESTKIT_URL)");
    AppSpec running = AppSpec.running(URI.create("http://10.0.0.1"));
    assertThat(BackendChoice.of(spec(Backend.AUTO, running), shipped, Map.of()).provider().kind())
        .isEqualTo(Backend.EXTERNAL);
    assertThatThrownBy(() -> BackendChoice.of(spec(Backend.LOCAL, running), shipped, Map.of()))
        .hasMessageContaining("the app runs already, behind http://10.0.0.1: there is nothing to start");
    assertThatThrownBy(() -> BackendChoice.of(spec(Backend.LOCAL, AppSpec.image("shop:1")), shipped, Map.of()))
        .hasMessageContaining("the app is the container image shop:1, which is no process of this machine");
  }

  @Test
  void it_is_printed_at_the_start_and_the_cluster_says_it() {
    List<String> progress = new ArrayList<>();
    try (Cluster cluster = Tiny.cluster().backend(Backend.LOCAL).instances(1).progress(progress::add).start()) {
      assertThat(progress).startsWith("backend local (the test asks for it)");
      assertThat(cluster.backend()).startsWith("local (the test asks for it): processes of this machine, Java ")
          .endsWith(cluster.balancer().version());
    }
  }

  private static BackendChoice choose(Backend asked, List<BackendProvider> providers) {
    return choose(asked, providers, Map.of());
  }

  private static BackendChoice choose(Backend asked, List<BackendProvider> providers, Map<String, String> environment) {
    return BackendChoice.of(spec(asked, APP), providers, environment);
  }

  private static ClusterSpec spec(Backend asked, AppSpec app) {
    return new ClusterSpec(app, asked, 1, 1, 0, null, false, Map.of(), false, false, line -> {});
  }

  private static BackendProvider external(@Nullable String obstacle) {
    return new Provider(Backend.EXTERNAL, request -> obstacle);
  }

  private static BackendProvider docker(@Nullable String obstacle) {
    return new Provider(Backend.DOCKER, request -> obstacle);
  }

  private static BackendProvider local(@Nullable String obstacle) {
    return new Provider(Backend.LOCAL, request -> obstacle);
  }

  /** Says why there is an obstacle, or null if there is none. */
  private interface Obstacle {
    @Nullable String to(BackendProvider.Request request);
  }

  /** A backend that is chosen, and never used. */
  private record Provider(Backend kind, Obstacle why) implements BackendProvider {
    @Override
    public Optional<String> obstacle(Request request) {
      return Optional.ofNullable(why.to(request));
    }

    @Override
    public Environment open(Request request) {
      throw new AssertionError("only chosen");
    }
  }
}
