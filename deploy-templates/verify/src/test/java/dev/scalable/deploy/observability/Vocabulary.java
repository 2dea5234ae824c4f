package dev.scalable.deploy.observability;

import dev.scalable.deploy.observability.Promql.Match;
import dev.scalable.deploy.observability.Promql.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics there are, with which labels and values: those of scrapes, in Prometheus' text format, and what rules make of them.
 *
 * <p>Values of {@code status} are not looked for, since an instance that is well has no {@code 5xx}; nor those of labels that Prometheus
 * gives.
 */
final class Vocabulary {

  private static final Pattern SAMPLE = Pattern.compile("^([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+$");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:\\\\.|[^\"\\\\])*)\",?");
  private static final Pattern STATUS = Pattern.compile("[1-5]xx");

  /** Of every series, given by Prometheus from what it scrapes. */
  private static final Set<String> OF_TARGETS = Set.of("job", "instance");

  /** By metric, the values of each of its labels; no values where any may come. */
  private final Map<String, Map<String, Set<String>>> metrics = new TreeMap<>();

  /** Takes in a scrape. */
  void scrape(String text) {
    text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
      Matcher sample = SAMPLE.matcher(line);
      if (!sample.matches()) {
        throw new IllegalArgumentException("no line of a scrape: " + line);
      }
      Map<String, Set<String>> labels = metrics.computeIfAbsent(sample.group(1), name -> new TreeMap<>());
      Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
      while (label.find()) {
        labels.computeIfAbsent(label.group(1), name -> new TreeSet<>()).add(label.group(2));
      }
    });
  }

  /** Takes in what a recording rule makes: it has the labels of {@code by}, or else those of what it is made of. */
  void record(String name, Promql expression) {
    Map<String, Set<String>> labels = new TreeMap<>();
    labelsOf(expression).forEach(label -> labels.put(label, Set.of()));
    metrics.put(name, labels);
  }

  Set<String> metrics() {
    return metrics.keySet();
  }

  /** The labels that a result of the expression may have. */
  private Set<String> labelsOf(Promql expression) {
    if (!expression.kept().isEmpty()) {
      return expression.kept();
    }
    Set<String> labels = new TreeSet<>();
    expression.selectors().forEach(selector -> labels.addAll(metrics.getOrDefault(selector.metric(), Map.of()).keySet()));
    labels.addAll(OF_TARGETS);
    return labels;
  }

  /** What is wrong with an expression, each as a sentence; nothing if it asks only for what there is. */
  List<String> mistakes(String expression) {
    Promql read;
    try {
      read = Promql.read(expression);
    } catch (IllegalArgumentException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
    List<String> mistakes = new ArrayList<>();
    Set<String> all = new TreeSet<>(OF_TARGETS);
    for (Selector selector : read.selectors()) {
      Map<String, Set<String>> labels = metrics.get(selector.metric());
      if (labels == null) {
        mistakes.add("there is no metric " + selector.metric());
      } else {
        all.addAll(labels.keySet());
        selector.matches().forEach((label, match) -> mistakes.addAll(mistakes(selector.metric(), label, match, labels.get(label))));
      }
    }
    read.grouping().stream().filter(label -> !all.contains(label))
        .forEach(label -> mistakes.add("none of the metrics of " + expression.strip() + " has a label " + label));
    return mistakes;
  }

  private static List<String> mistakes(String metric, String label, Match match, @Nullable Set<String> values) {
    if (OF_TARGETS.contains(label)) {
      return List.of();
    } else if (values == null) {
      return List.of(metric + " has no label " + label);
    } else if (!match.operator().contains("~") && !values.isEmpty() && !values.contains(match.value())
        && !(label.equals("status") && STATUS.matcher(match.value()).matches())) {
      return List.of(metric + " has no " + label + "=\"" + match.value() + "\", but " + values);
    }
    return List.of();
  }

  /** Labels that a text asks for, as {@code $labels.cache}, and that no result of the expression has. */
  List<String> unknownLabels(String text, String expression) {
    Set<String> labels = labelsOf(Promql.read(expression));
    return Pattern.compile("\\$labels\\.(\\w+)").matcher(text).results().map(found -> found.group(1))
        .filter(label -> !labels.contains(label)).map(label -> "an alert tells of a label " + label + " that it does not have").toList();
  }
}
