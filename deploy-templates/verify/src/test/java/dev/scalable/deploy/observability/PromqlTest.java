package dev.scalable.deploy.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.deploy.observability.Promql.Match;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which names an expression holds. */
class PromqlTest {

  private static List<String> metrics(String expression) {
    return Promql.read(expression).selectors().stream().map(Promql.Selector::metric).toList();
  }

  @Test
  void metrics_are_told_from_functions_aggregations_words_and_durations() {
    assertThat(metrics("sum by (job) (rate(a_total{x=\"1\"}[5m])) / on (job) group_left () b > bool 1e3")).containsExactly("a_total", "b");
    assertThat(metrics("sum(a) without (x) or avg without (y) (b offset 1d) unless c")).containsExactly("a", "b", "c");
    assertThat(metrics("max_over_time(rate(job:a:rate5m[5m])[1h30m:1m]) - 0.2 * topk(3, b)")).containsExactly("job:a:rate5m", "b");
    assertThat(metrics("a # and b\n + c")).containsExactly("a", "c");
    assertThat(metrics("vector(0) == Inf or label_replace(a, \"to\", \"$1\", \"from\", \"(b)\")")).containsExactly("a");
  }

  @Test
  void labels_are_read_where_they_are_compared_and_where_they_are_kept() {
    Promql read = Promql.read("sum by (job, route) (a{status=\"5xx\", route!~'/a\"|b'}) / on (job) group_left (zone) b");
    assertThat(read.selectors().getFirst().matches())
        .isEqualTo(Map.of("status", new Match("=", "5xx"), "route", new Match("!~", "/a\"|b")));
    assertThat(read.kept()).containsExactly("job", "route");
    assertThat(read.grouping()).containsExactly("job", "route", "zone");
  }

  @Test
  void a_selector_without_a_metric_is_refused_and_so_is_one_that_does_not_end() {
    assertThatThrownBy(() -> Promql.read("{__name__=~\"a.*\"}")).hasMessageContaining("names no metric");
    assertThatThrownBy(() -> Promql.read("rate(a{b=\"c\"")).hasMessageContaining("not closed");
    assertThatThrownBy(() -> Promql.read("rate(a[5m")).hasMessageContaining("not closed");
  }
}
