package dev.scalable.deploy.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.starter.Main;
import dev.scalable.starter.Migrate;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules and dashboard ask only for metrics, labels and values that an instance of the starter has. */
// A small young generation, so that there was a collection; the primary stands for replicas, which have metrics of their own.
@ClusterTest(app = Main.class, migrate = Migrate.class, instances = 1, calibrated = false, jvm = "-Xmn4m",
    env = {"STARTER_SAMPLE_PRODUCTS=10", "SCALABLE_DB_REPLICA_URL=${JDBC_URL}"})
class RealScrapeTest {

  private static final Pattern HEALTH_PORT = Pattern.compile("the health port (\\d+)");

  private static String scrape = "";

  @BeforeAll
  static void scrape_an_instance_that_has_had_requests(Cluster cluster) {
    Instance instance = cluster.instance(1);
    try (Client client = Client.open(instance.uri()); Client health = Client.open(health(instance))) {
      for (int i = 1; i <= 10; i++) {
        assertThat(client.send(Call.get("/products/" + i)).status()).isEqualTo(200);
        assertThat(client.send(Call.get("/stock/" + i)).status()).isEqualTo(200);
      }
      assertThat(client.send(Call.get("/products?limit=2")).status()).isEqualTo(200);
      // The stream itself would last; that there is this route is all that has to be seen.
      assertThat(client.send(Call.of("HEAD", "/sales")).status()).isEqualTo(200);
      await().until(() -> {
        scrape = health.send(Call.get("/metrics")).text();
        // The collection comes by itself with what the scrapes allocate.
        return scrape.contains("\njvm_gc_pause_seconds_sum{") && scrape.contains("route=\"/sales\"");
      });
    }
  }

  private static URI health(Instance instance) {
    return URI.create("http://" + instance.uri().getHost() + ":" + instance.log().lines().stream()
        .flatMap(line -> HEALTH_PORT.matcher(line).results()).map(found -> found.group(1))
        .reduce((before, last) -> last).orElseThrow());
  }

  @Test
  void rules_ask_only_for_what_there_is() throws Exception {
    Map<String, String> rules = Observability.rules();
    Vocabulary vocabulary = Observability.vocabulary(scrape, rules);

    assertThat(Observability.mistakesOfRules(rules, vocabulary)).isEmpty();

    assertThat(mistakes(rules, vocabulary, "service.yml", "db_connections_refused_total", "db_connections_rejected_total"))
        .containsExactly("service.yml, PoolExhausted: there is no metric db_connections_rejected_total");
    assertThat(mistakes(rules, vocabulary, "service.yml", "outcome=\"unknown\"", "result=\"unknown\""))
        .containsExactly("service.yml, CommitsUnknown: db_transactions_total has no label result");
    assertThat(mistakes(rules, vocabulary, "service.yml", "outcome=\"unknown\"", "outcome=\"lost\""))
        .singleElement().asString().contains("db_transactions_total has no outcome=\"lost\", but [");
    assertThat(mistakes(rules, vocabulary, "service.yml", "(job, cache) (increase", "(job, cashe) (increase"))
        .anyMatch(mistake -> mistake.endsWith("has a label cashe"))
        .contains("service.yml, CacheServesStale: an alert tells of a label cache that it does not have");
    assertThat(mistakes(rules, vocabulary, "slo.yml", "errors:ratio_rate6h", "errors:ratio_rate4h"))
        .contains("slo.yml, ErrorBudgetBurnsFast: there is no metric job:http_server_errors:ratio_rate4h");
  }

  private static List<String> mistakes(Map<String, String> rules, Vocabulary vocabulary, String file, String right, String wrong) {
    Map<String, String> broken = new LinkedHashMap<>(rules);
    assertThat(rules.get(file)).contains(right);
    broken.computeIfPresent(file, (name, text) -> text.replace(right, wrong));
    return Observability.mistakesOfRules(broken, vocabulary);
  }

  @Test
  void the_dashboard_asks_only_for_what_there_is() throws Exception {
    Vocabulary vocabulary = Observability.vocabulary(scrape, Observability.rules());
    String dashboard = Observability.dashboard();

    assertThat(Observability.mistakesOfDashboard(dashboard, vocabulary)).isEmpty();

    assertThat(Observability.mistakesOfDashboard(dashboard.replace("redis_breaker", "redis_braker"), vocabulary))
        .containsExactly("Servers that are left alone: there is no metric redis_braker");
    assertThat(Observability.mistakesOfDashboard(dashboard.replace("by (tier)", "by (tear)"), vocabulary))
        .singleElement().asString().startsWith("Reads by tier: none of the metrics of").endsWith("has a label tear");
  }

  @Test
  void promtool_has_nothing_against_the_names_but_for_two_that_micrometer_has_given() throws Exception {
    Promtool.Verdict verdict = Promtool.onPath().run(Observability.FOLDER, scrape, "check", "metrics");
    assertThat(verdict.text().lines()).allMatch(line -> line.startsWith("process_cpu_time_ns_total ") || line.startsWith("system_cpu_count "));
  }
}
