package dev.scalable.deploy.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.deploy.observability.RuleFile.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files for Prometheus and Grafana hang together; promtool judges them where there is one. */
class TemplatesTest {

  private static final Pattern ALERT_NAMED = Pattern.compile("alertname(?:=~?\"|: )([\\w|]+)");
  private static final Pattern JOB_NAMED = Pattern.compile("job=\\\\?\"(\\w+)\\\\?\"");

  @TempDir
  private Path folder;

  private static List<Rule> alerts() throws IOException {
    return Observability.rules().values().stream().flatMap(file -> RuleFile.read(file).rules().stream()).filter(Rule::alert).toList();
  }

  @Test
  void every_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not() throws IOException {
    Set<String> fire = new TreeSet<>();
    Set<String> stay = new TreeSet<>();
    for (Path file : RuleFile.in(Observability.PROMETHEUS.resolve("tests"))) {
      RuleFile.maps(RuleFile.map(Files.readString(file)), "tests").forEach(test -> {
        RuleFile.maps(test, "promql_expr_test").forEach(each -> sort(each, "" + each.get("expr"), "exp_samples", fire, stay));
        RuleFile.maps(test, "alert_rule_test").forEach(each -> sort(each, "alertname: " + each.get("alertname"), "exp_alerts", fire, stay));
      });
    }
    Set<String> all = alerts().stream().map(Rule::name).collect(Collectors.toSet());
    assertThat(fire).containsExactlyInAnyOrderElementsOf(all);
    assertThat(stay).containsExactlyInAnyOrderElementsOf(all);
  }

  private static void sort(Map<?, ?> test, String asked, String expected, Set<String> fire, Set<String> stay) {
    boolean fires = test.get(expected) instanceof List<?> list && !list.isEmpty();
    Matcher named = ALERT_NAMED.matcher(asked);
    while (named.find()) {
      (fires ? fire : stay).addAll(List.of(named.group(1).split("\\|")));
    }
  }

  @Test
  void every_alert_says_how_urgent_it_is_what_happens_and_what_to_do() throws IOException {
    assertThat(alerts()).hasSizeGreaterThan(20).allSatisfy(alert -> {
      assertThat(alert.labels().get("severity")).as(alert.name()).isIn("page", "ticket");
      assertThat(alert.annotations().keySet()).as(alert.name()).isEqualTo(Set.of("summary", "do"));
    });
    assertThat(alerts()).extracting(Rule::name).doesNotHaveDuplicates();
  }

  @Test
  void what_one_file_says_of_another_is_so() throws IOException {
    Set<String> named = new TreeSet<>();
    for (String text : Observability.rules().values()) {
      JOB_NAMED.matcher(text).results().forEach(job -> named.add(job.group(1)));
    }
    for (String name : List.of("prometheus.yml", "prometheus-dns.yml")) {
      Map<?, ?> config = RuleFile.map(Files.readString(Observability.PROMETHEUS.resolve(name)));
      assertThat(config.get("rule_files")).as(name).isEqualTo(List.of("rules/*.yml"));
      Set<Object> jobs = RuleFile.maps(config, "scrape_configs").map(job -> job.get("job_name")).collect(Collectors.toSet());
      assertThat(jobs).as(name).containsAll(named);
      RuleFile.maps(config, "scrape_configs").flatMap(job -> RuleFile.maps(job, "file_sd_configs"))
          .flatMap(found -> found.get("files") instanceof List<?> files ? files.stream() : Stream.of())
          .forEach(file -> assertThat(Observability.PROMETHEUS.resolve(String.valueOf(file))).isRegularFile());
    }
  }

  @Test
  void promtool_takes_configuration_and_rules_and_every_test_of_theirs_passes() throws Exception {
    Promtool promtool = Promtool.onPath();
    for (String config : List.of("prometheus.yml", "prometheus-dns.yml")) {
      Promtool.Verdict checked = promtool.run(Observability.PROMETHEUS, "", "check", "config", config);
      assertThat(checked.exitCode()).as(checked.text()).isZero();
    }
    List<String> tests = RuleFile.in(Observability.PROMETHEUS.resolve("tests")).stream().map(Path::toString).toList();
    String[] arguments = Stream.concat(Stream.of("test", "rules"), tests.stream()).toArray(String[]::new);
    Promtool.Verdict tested = promtool.run(Observability.PROMETHEUS, "", arguments);
    assertThat(tested.exitCode()).as(tested.text()).isZero();
  }

  @Test
  void promtool_takes_every_expression_of_the_dashboard() throws Exception {
    Promtool promtool = Promtool.onPath();
    Promtool.Verdict right = promtool.run(folder, "", "check", "rules", asRules(Observability.dashboard()));
    assertThat(right.exitCode()).as(right.text()).isZero();

    Promtool.Verdict wrong = promtool.run(folder, "", "check", "rules", asRules(Observability.dashboard().replace("sum by (tier) (", "sum by (tier) ((")));
    assertThat(wrong.exitCode()).as(wrong.text()).isNotZero();
  }

  /** Each expression as one that is recorded. Variables stand in quotes only. */
  private String asRules(String dashboard) throws IOException {
    StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
    int number = 0;
    for (Dashboard.Query query : Dashboard.read(dashboard).queries()) {
      rules.append("  - record: panel_").append(number++).append("\n    expr: |\n      ").append(query.expression()).append('\n');
    }
    return Files.writeString(folder.resolve("dashboard.yml"), rules).toString();
  }
}
