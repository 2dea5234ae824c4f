package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.nginx.NginxConf;
import dev.scalable.testkit.nginx.NginxSite;
import dev.scalable.testkit.nginx.NginxVersion;
import dev.scalable.testkit.run.FinishedCommand;
import dev.scalable.testkit.run.Shell;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is shipped, what is rendered, and that nginx accepts both. */
class NginxConfTest {

  /** Relative to this module, where the build runs its tests. */
  private static final Path TEMPLATE = Path.of("..", "deploy-templates", "nginx").toAbsolutePath().normalize();

  private static final NginxVersion OLD = new NginxVersion(1, 22, 1);
  private static final List<InetSocketAddress> SLOTS =
      List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 21_001), new InetSocketAddress(six(), 21_002));

  @TempDir Path folder;

  @Test
  void every_shipped_file_is_rendered_and_byte_for_byte_the_same() throws IOException {
    List<String> shipped =
        files(TEMPLATE).stream().filter(file -> file.endsWith(".conf") && !file.startsWith("site/")).toList();

    assertThat(NginxConf.SHIPPED).containsExactlyElementsOf(shipped);

    render(SLOTS);
    assertThat(shipped)
        .allSatisfy(file -> assertThat(folder.resolve(file)).hasSameBinaryContentAs(TEMPLATE.resolve(file)));
  }

  @Test
  void a_rendered_site_has_the_files_of_the_example_site() throws IOException {
    List<String> example = files(TEMPLATE).stream().filter(file -> file.startsWith("site/")).toList();

    NginxSite site = Sites.of(SLOTS, 21_003, 21_004, false, OLD);

    assertThat(site.files().keySet()).containsExactlyInAnyOrderElementsOf(example);
  }

  @Test
  void nginx_accepts_the_example_site_as_shipped() throws IOException {
    assertThat(check(TEMPLATE)).satisfies(accepted -> assertThat(accepted.exitCode()).as(accepted.output()).isZero());
  }

  @ParameterizedTest
  @MethodSource("options")
  void nginx_accepts_every_option_that_it_is_new_enough_for(String option) throws IOException {
    NginxBinary nginx = NginxBinary.find();
    render(SLOTS);
    Files.writeString(
        folder.resolve("site/http.conf"), "access_log off;%ninclude options/%s.conf;%n".formatted(option));

    FinishedCommand check = check(folder);

    boolean known = NginxVersion.in("nginx/" + option.replaceFirst(".*-min-", "")).map(nginx.version()::isAtLeast).orElse(true);
    assertThat(check.exitCode() == 0).as(check.output()).isEqualTo(known);
  }

  static Stream<String> options() {
    return NginxConf.SHIPPED.stream().filter(file -> file.startsWith("options/"))
        .map(file -> file.replace("options/", "").replace(".conf", ""));
  }

  @Test
  void an_option_is_rendered_only_for_an_nginx_that_knows_it() {
    assertThat(site(OLD)).doesNotContain("options/");
    assertThat(site(new NginxVersion(1, 27, 3))).doesNotContain("options/");
    assertThat(site(new NginxVersion(1, 27, 4))).contains("include options/keepalive-min-1.27.4.conf;");
    assertThat(site(new NginxVersion(2, 0, 0))).contains("include options/keepalive-min-1.27.4.conf;");
  }

  @Test
  void slots_become_servers_and_one_attempt_more_than_that() {
    assertThat(Sites.of(SLOTS, 21_003, 21_004, false, OLD).files().get("site/upstream.conf"))
        .contains("server 127.0.0.1:21001 max_fails=1 fail_timeout=1s;")
        .contains("server [0:0:0:0:0:0:0:1]:21002 max_fails=1 fail_timeout=1s;")
        .contains("proxy_next_upstream_tries 3;");
  }

  @Test
  void a_place_that_is_marked_down_stays_a_server_and_says_so() {
    assertThat(Sites.of(SLOTS, 1, 2, false, OLD).down(Set.of(2)).files().get("site/upstream.conf"))
        .contains("server 127.0.0.1:21001 max_fails=1 fail_timeout=1s;")
        .contains("server [0:0:0:0:0:0:0:1]:21002 max_fails=1 fail_timeout=1s down;");
  }

  @Test
  void a_changed_file_takes_the_place_of_the_shipped_one_and_a_name_that_is_not_shipped_is_refused() {
    NginxSite site = Sites.of(SLOTS, 1, 2, false, OLD);
    NginxConf.write(folder, site, Map.of("parts/upstream.conf", "# changed"));
    assertThat(folder.resolve("parts/upstream.conf")).hasContent("# changed");
    assertThatThrownBy(() -> NginxConf.write(folder, site, Map.of("parts/upstream.cnf", "# changed")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parts/upstream.cnf")
        .hasMessageContaining("parts/upstream.conf");
  }

  @Test
  void only_root_names_a_user() {
    assertThat(Sites.of(SLOTS, 1, 2, true, OLD).files().get("site/process.conf")).contains("user root;");
    assertThat(Sites.of(SLOTS, 1, 2, false, OLD).files().get("site/process.conf")).doesNotContain("user");
  }

  @Test
  void a_refused_configuration_is_reported_in_the_words_of_nginx() {
    assertThatThrownBy(() -> render(List.of()))
        .isInstanceOf(NginxConfException.class)
        .hasMessageContaining("no servers are inside upstream")
        .hasMessageContaining(folder.toString());
  }

  private void render(List<InetSocketAddress> slots) {
    NginxBinary nginx = NginxBinary.find();
    CheckedConf.write(folder, nginx, Sites.of(slots, 21_003, 21_004, nginx.version()), Map.of());
  }

  private static InetAddress six() {
    try {
      return InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static String site(NginxVersion version) {
    return String.valueOf(Sites.of(SLOTS, 21_003, 21_004, false, version).files().get("site/http.conf"));
  }

  private FinishedCommand check(Path configuration) throws IOException {
    String prefix = Files.createDirectories(folder.resolve("working/logs")).getParent() + "/";
    List<String> command = new ArrayList<>(List.of(NginxBinary.find().path().toString(), "-p", prefix, "-e", "stderr"));
    command.addAll(List.of("-c", configuration.resolve("nginx.conf").toString(), "-t"));
    return Shell.run(folder, Duration.ofSeconds(20), command);
  }

  private static List<String> files(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.filter(Files::isRegularFile).map(file -> root.relativize(file).toString()).sorted().toList();
    }
  }
}
