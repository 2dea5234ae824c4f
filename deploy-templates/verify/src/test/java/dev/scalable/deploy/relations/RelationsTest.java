package dev.scalable.deploy.relations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.deploy.Templates;
import dev.scalable.server.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbers of the templates and the library fit together, and a copy in which one does not is caught. */
class RelationsTest {

  /** Reads a template below the folder of all. */
  @FunctionalInterface
  private interface Reader {
    Deployment read(Path templates) throws IOException;
  }

  /** Of each template that starts instances, by its folder. */
  private static final Map<String, Reader> READERS = new TreeMap<>(Map.of(
      "systemd", SystemdTemplate::read,
      "compose", ComposeTemplate::read,
      "kubernetes", KubernetesTemplate::read));

  /** Folders of such templates. One that is there needs a reader above. */
  private static final Set<String> STARTING_INSTANCES = Set.of("systemd", "compose", "kubernetes");

  private static final List<String> MISTAKES = List.of(
      // file | what is there | what would be wrong | what is said of it
      "systemd/app@.service | TimeoutStopSec=40 | TimeoutStopSec=20 | is killed after PT20S, but may need PT28S",
      "systemd/app.env | SCALABLE_DRAIN_TIMEOUT=20s | SCALABLE_DRAIN_TIMEOUT=35s | is killed after PT40S, but may need PT43S",
      "systemd/app.env | SCALABLE_DRAIN_TIMEOUT=20s | SCALABLE_DRAIN_TIMEOUT=5s | the drain cuts it after PT5S",
      "systemd/app@.service | SCALABLE_HTTP_PORT=808%i | SCALABLE_HTTP_PORT=818%i | but Nginx sends requests to [127.0.0.1:8081",
      "systemd/app.env | LOG_LEVEL=INFO | SCALABLE_HTTP_PORT=8081 | two instances have one address",
      "systemd/app@.service | SCALABLE_HEALTH_PORT=908%i | SCALABLE_HEALTH_PORT=8084 | health port 8084 is a slot's",
      "systemd/app@.service | LimitNOFILE=65536 | LimitNOFILE=1024 | may have 1024 files open, but take 16384 connections",
      "systemd/app.env | SCALABLE_DB_POOL_SIZE=10 | SCALABLE_DB_POOL_SIZE=30 | make 125, but PostgreSQL gives 97",
      "systemd/app.env | SCALABLE_INSTANCES=4 | SCALABLE_INSTANCES=6 | 6 instances may run, but Nginx has 4 slots",
      "systemd/app.env | # SCALABLE_HTTP_REQUEST_TIMEOUT=8s | SCALABLE_HTTP_REQUEST_TIMEOUT=12s | Nginx gives up on a request after PT10S",
      "systemd/app.env | # SCALABLE_HTTP_IDLE_TIMEOUT=75s | SCALABLE_HTTP_IDLE_TIMEOUT=5s | a request may meet a closing one",
      "systemd/site/upstream.conf | proxy_next_upstream_tries 5; | proxy_next_upstream_tries 3; | makes 3 attempts, but there are 4 places",
      "systemd/site/upstream.conf | server 127.0.0.1:8083 | server 127.0.0.1:8093 | but Nginx sends requests to",
      "systemd/site/upstream.conf | 8082 max_fails=1 fail_timeout=1s | 8082 | must be left out at once and for a second",
      "systemd/app-nginx.service | TimeoutStopSec=45 | TimeoutStopSec=30 | Nginx is killed after PT30S",
      "systemd/app-nginx.service | LimitNOFILE=65536 | LimitNOFILE=1024 | takes 4096 connections",
      "nginx/parts/upstream.conf | zone app 256k; | # none | the group has no zone",
      "nginx/parts/upstream.conf | keepalive_timeout 5s; | keepalive_timeout 60s; | a draining instance waits PT6S for them",
      "nginx/parts/proxy.conf | proxy_read_timeout 10s; | proxy_read_timeout 5s; | Nginx gives up on a request after PT5S",
      "nginx/parts/proxy.conf | proxy_next_upstream_timeout 15s; | proxy_next_upstream_timeout 10s; | no other attempt after PT10S",
      "nginx/parts/client.conf | client_max_body_size 1m; | client_max_body_size 8m; | lets bodies of 8m pass",
      "kubernetes/base/deployment.yaml | terminationGracePeriodSeconds: 40 | terminationGracePeriodSeconds: 30 | may need PT33S",
      "kubernetes/base/deployment.yaml | path: /health/ready | path: /ready | but the library answers",
      "kubernetes/base/deployment.yaml | containerPort: 8080 | containerPort: 8090 | but Nginx sends requests to",
      "kubernetes/base/settings.env | SCALABLE_DB_POOL_SIZE=10 | SCALABLE_DB_POOL_SIZE=50 | make 555, but PostgreSQL gives 500",
      "kubernetes/components/hpa/hpa.yaml | maxReplicas: 10 | maxReplicas: 20 | there are 21 places for instances",
      "kubernetes/overlays/prod/upstream.conf | proxy_next_upstream_tries 12; | proxy_next_upstream_tries 3; | so it must make 12",
      "compose/compose.yaml | stop_grace_period: 40s | stop_grace_period: 25s | compose: an instance is killed after PT25S",
      "compose/compose.yaml | SCALABLE_DRAIN_TIMEOUT: 20s | SCALABLE_DRAIN_TIMEOUT: 7s | compose: a request may take PT8S",
      "compose/compose.yaml | SCALABLE_DB_POOL_SIZE: \"10\" | SCALABLE_DB_POOL_SIZE: \"30\" | make 125, but PostgreSQL gives 97",
      "compose/compose.yaml | SCALABLE_INSTANCES: \"4\" | SCALABLE_INSTANCES: \"6\" | compose: Nginx makes 5 attempts, but there are 6",
      "compose/compose.yaml | APP_FILES:-65536 | APP_FILES:-4096 | compose: an instance may have 4096 files open",
      "compose/compose.yaml | stop_grace_period: 45s | stop_grace_period: 30s | compose: Nginx is killed after 30 s",
      "compose/compose.yaml | stop_signal: SIGQUIT | stop_signal: SIGTERM | which cuts what is in flight",
      "compose/compose.yaml | stop_grace_period: 40s | stop_grace_period: 60s | the engine kills it after 60 s only",
      "compose/compose.yaml | APP_PORT:-8080}:8080 | APP_PORT:-8080}:80 | Nginx listens on 8080, but published is",
      "compose/compose.yaml | LOG_LEVEL: INFO | SCALABLE_HTTP_PORT: \"9000\" | instances listen on [app:9000], but Nginx",
      "compose/site/upstream.conf | proxy_next_upstream_tries 5; | proxy_next_upstream_tries 3; | compose: Nginx makes 3 attempts",
      "compose/site/upstream.conf | server app:8080 | server app:8081 | compose: instances listen on [app:8080]",
      "compose/site/upstream.conf | resolver 127.0.0.11 | resolver 127.0.0.53 | but the engine answers at 127.0.0.11",
      "rolling-restart.sh | path=/health/ready | path=/healthz | asks for [/healthz]",
      "rolling-restart.sh | grace=60 | grace=30 | waits PT30S for an instance to end");

  private static final Pattern SETTING = Pattern.compile("^# (SCALABLE_[A-Z_]+)=(.*)$", Pattern.MULTILINE);
  private static final Pattern ROW = Pattern.compile("^\\| `(SCALABLE_[A-Z_]+)` \\| ([^|]*) \\|", Pattern.MULTILINE);

  @TempDir
  private Path copy;

  @Test
  void every_number_fits_every_other() throws IOException {
    assertThat(broken(Templates.all())).isEmpty();
  }

  @Test
  void every_template_that_starts_instances_is_read() {
    assertThat(READERS.keySet()).as("readers, in this class, of the templates that are there").containsAll(
        STARTING_INSTANCES.stream().filter(name -> Files.isDirectory(Templates.folder(name))).toList());
  }

  @Test
  void the_example_site_fits_the_library_as_it_comes() throws IOException {
    ServerSettings server = Deployment.server(Map.of("SCALABLE_HTTP_HOST", "127.0.0.1"));
    Deployment systemd = SystemdTemplate.read(Templates.all());
    Deployment example = new Deployment("nginx", server, systemd.db(), systemd.before(), systemd.grace(),
        List.of("127.0.0.1:8081", "127.0.0.1:8082"), systemd.probes(), 2, systemd.maxConnections(), systemd.descriptors(),
        Optional.of(Front.read(Templates.folder("nginx"), Templates.folder("nginx/site"))));

    assertThat(Relations.brokenIn(example)).containsExactly("nginx: SCALABLE_INSTANCES is 4, but 2 instances may run");
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void a_copy_in_which_one_number_is_wrong_is_caught(String mistake) throws IOException {
    String[] words = mistake.split(" \\| ?", -1);
    String file = words[0];
    String right = words[1];
    String wrong = words[2].strip();
    String said = words[3];
    copyAll();
    Path changed = copy.resolve(file);
    assertThat(changed).content().contains(right);
    Files.writeString(changed, Files.readString(changed).replace(right, wrong));

    assertThat(broken(copy)).anySatisfy(sentence -> assertThat(sentence).contains(said));
  }

  static Stream<String> mistakes() {
    return MISTAKES.stream().filter(mistake -> Files.exists(Templates.folder(mistake.substring(0, mistake.indexOf(' ')))));
  }

  @Test
  void what_app_env_only_mentions_has_the_value_that_it_has_without() throws IOException {
    Map<String, String> defaults = new HashMap<>();
    Matcher row = ROW.matcher(Files.readString(Templates.all().resolveSibling("docs").resolve("reference/configuration.md")));
    while (row.find()) {
      defaults.put(row.group(1), row.group(2).strip());
    }
    Map<String, String> mentioned = new TreeMap<>();
    Matcher setting = SETTING.matcher(Files.readString(Templates.folder("systemd").resolve("app.env")));
    while (setting.find()) {
      mentioned.put(setting.group(1), setting.group(2));
    }

    assertThat(mentioned).isNotEmpty();
    assertThat(defaults).containsAllEntriesOf(mentioned);
  }

  private static List<String> broken(Path templates) throws IOException {
    List<String> broken = new ArrayList<>(SystemdTemplate.brokenIn(templates));
    broken.addAll(ComposeTemplate.brokenIn(templates));
    for (Map.Entry<String, Reader> reader : READERS.entrySet()) {
      if (Files.isDirectory(templates.resolve(reader.getKey()))) {
        broken.addAll(Relations.brokenIn(reader.getValue().read(templates)));
      }
    }
    return broken;
  }

  private void copyAll() throws IOException {
    List<Path> read = new ArrayList<>(List.of(Templates.folder("nginx"), Templates.folder("rolling-restart.sh")));
    STARTING_INSTANCES.stream().map(Templates::folder).filter(Files::isDirectory).forEach(read::add);
    for (Path from : read) {
      try (Stream<Path> all = Files.walk(from)) {
        for (Path path : all.toList()) {
          Path to = copy.resolve(Templates.all().relativize(path).toString());
          if (Files.isDirectory(path)) {
            Files.createDirectories(to);
          } else {
            Files.copy(path, to);
          }
        }
      }
    }
  }
}
