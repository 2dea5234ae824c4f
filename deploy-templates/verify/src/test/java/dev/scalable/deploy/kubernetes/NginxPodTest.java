package dev.scalable.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nginx of components/nginx, with the command, the user and the files that its pod gets, in a container whose names an
 * engine resolves as a cluster does. In the place of instances are containers that say their name.
 */
class NginxPodTest {

  private static final String IMAGE = "nginx:1.30";
  private static final String INSTANCES = "app-instances.app-prod.svc.cluster.local";

  private final String run = "scalable-nginx-pod-" + UUID.randomUUID().toString().substring(0, 8);
  private final List<String> containers = new ArrayList<>();

  @TempDir Path folder;

  @BeforeEach
  void aNetwork() throws InterruptedException {
    Engine.assumeImage(IMAGE);
    Engine.docker("network", "create", run);
  }

  @AfterEach
  void away() throws InterruptedException {
    for (String container : containers) {
      Engine.run("docker", "rm", "--force", container);
    }
    Engine.run("docker", "network", "rm", run);
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void requests_are_shared_by_the_instances_that_there_are_also_by_those_that_come_later() throws Exception {
    instance("one");
    instance("two");
    String nginx = nginx();
    try (HttpClient client = HttpClient.newHttpClient()) {
      until(client, nginx, Set.of("one", "two"));
      Map<String, Integer> shared = answers(client, nginx, 100);
      assertThat(shared).as(shared.toString()).containsOnlyKeys("one", "two");
      assertThat(shared.values()).allMatch(count -> count >= 48 && count <= 52);

      // A rollout: one comes, one goes. Names are asked for every 2 s, and a refused connection is tried elsewhere.
      instance("three");
      until(client, nginx, Set.of("one", "two", "three"));
      Engine.docker("rm", "--force", run + "-one");
      assertThat(answers(client, nginx, 200).keySet()).isSubsetOf("one", "two", "three");
      until(client, nginx, Set.of("two", "three"));
    }
  }

  private void instance(String name) throws InterruptedException {
    String conf = "pid /tmp/nginx.pid; events {} http { server { listen 8080; return 200 " + name + "; } }";
    container(name, "--network-alias=" + INSTANCES, "--tmpfs=/tmp", "--entrypoint=sh", IMAGE, "-c",
        "printf '%s' '" + conf + "' > /tmp/nginx.conf && exec nginx -c /tmp/nginx.conf -e stderr -g 'daemon off;'");
  }

  /** Starts Nginx as its pod does, and tells its address. */
  private String nginx() throws IOException, InterruptedException {
    Manifests prod = Manifests.render(Templates.ROOT, Templates.OVERLAYS.resolve("prod"));
    Workload pod = prod.workload("app-nginx").orElseThrow();
    for (Map.Entry<String, Node> file : NginxFiles.of(pod, prod).files().entrySet()) {
      Path path = folder.resolve("files").resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue().text().orElseThrow());
    }
    String user = pod.template().text("spec", "securityContext", "runAsUser").orElseThrow();
    List<String> options = new ArrayList<>(List.of("--user=" + user + ":" + user, "--read-only", "--cap-drop=ALL",
        "--tmpfs=/run/nginx:mode=1777", "--publish=127.0.0.1::8080", "--volume=" + folder.resolve("files")
            + ":/etc/scalable:ro",
        "--add-host=kube-dns.kube-system.svc.cluster.local:127.0.0.11", "--entrypoint=nginx", IMAGE));
    pod.container().items("args").forEach(argument -> options.add(argument.text().orElseThrow()));
    container("nginx", options.toArray(String[]::new));
    return "http://" + Engine.docker("port", run + "-nginx", "8080") + "/";
  }

  private void container(String name, String... rest) throws InterruptedException {
    containers.add(run + "-" + name);
    Engine.docker(Stream.concat(Stream.of("run", "--detach", "--name=" + run + "-" + name, "--network=" + run),
        Stream.of(rest))
        .toArray(String[]::new));
  }

  /** Asks until exactly these have answered of the last few. */
  private void until(HttpClient client, String nginx, Set<String> names) throws InterruptedException, IOException {
    Map<String, Integer> last = new LinkedHashMap<>();
    for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); System.nanoTime() < end;) {
      try {
        last = answers(client, nginx, 12);
      } catch (IOException e) {
        // Nginx has not begun to listen.
        continue;
      }
      if (last.keySet().equals(names)) {
        return;
      }
    }
    throw new AssertionError("within a minute " + names + " did not come to share requests, but: " + last + "\n"
        + Engine.docker("logs", run + "-nginx"));
  }

  /** Who has answered how many; every answer must be a 200. */
  private static Map<String, Integer> answers(HttpClient client, String nginx, int requests)
      throws IOException, InterruptedException {
    Map<String, Integer> answers = new HashMap<>();
    for (int i = 0; i < requests; i++) {
      HttpResponse<String> response =
          client.send(HttpRequest.newBuilder(URI.create(nginx)).build(), HttpResponse.BodyHandlers.ofString());
      answers.merge(response.statusCode() == 200 ? response.body() : "status " + response.statusCode(), 1,
          Integer::sum);
    }
    return answers;
  }
}
