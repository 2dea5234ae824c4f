package dev.scalable.deploy.observability;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The template that is looked at, and what is wrong with it. */
final class Observability {

  static final Path FOLDER = Path.of("..", "observability").toAbsolutePath().normalize();
  static final Path PROMETHEUS = FOLDER.resolve("prometheus");

  private Observability() {}

  /** Every file of rules, by its name. */
  static Map<String, String> rules() throws IOException {
    Map<String, String> rules = new LinkedHashMap<>();
    for (Path file : RuleFile.in(PROMETHEUS.resolve("rules"))) {
      rules.put(file.getFileName().toString(), Files.readString(file));
    }
    return rules;
  }

  static String dashboard() throws IOException {
    return Files.readString(FOLDER.resolve("grafana/scalable.json"));
  }

  /** What is in {@code scrape} and in those of other exporters, and what the rules record of it. */
  static Vocabulary vocabulary(String scrape, Map<String, String> rules) throws IOException {
    Vocabulary vocabulary = new Vocabulary();
    vocabulary.scrape(scrape);
    try (var exporter = Observability.class.getResourceAsStream("nginx-exporter.txt")) {
      vocabulary.scrape(new String(exporter.readAllBytes(), StandardCharsets.UTF_8));
    }
    vocabulary.scrape("up 1\n");
    // A rule may be made of another one's, and files come in no order: twice is enough for one level.
    for (int pass = 0; pass < 2; pass++) {
      rules.values().forEach(file -> RuleFile.read(file).rules().stream().filter(rule -> !rule.alert())
          .forEach(rule -> vocabulary.record(rule.name(), Promql.read(rule.expression()))));
    }
    return vocabulary;
  }

  /** What is wrong with rules, each with its file. */
  static List<String> mistakesOfRules(Map<String, String> rules, Vocabulary vocabulary) {
    List<String> mistakes = new ArrayList<>();
    rules.forEach((file, text) -> RuleFile.read(text).rules().forEach(rule -> {
      vocabulary.mistakes(rule.expression()).forEach(mistake -> mistakes.add(file + ", " + rule.name() + ": " + mistake));
      rule.annotations().values().forEach(said -> vocabulary.unknownLabels(String.valueOf(said), rule.expression())
          .forEach(mistake -> mistakes.add(file + ", " + rule.name() + ": " + mistake)));
    }));
    return mistakes;
  }

  /** What is wrong with a dashboard, each with its panel. */
  static List<String> mistakesOfDashboard(String json, Vocabulary vocabulary) {
    List<String> mistakes = new ArrayList<>();
    Dashboard dashboard = Dashboard.read(json);
    dashboard.queries().forEach(query ->
        vocabulary.mistakes(query.expression()).forEach(mistake -> mistakes.add(query.panel() + ": " + mistake)));
    dashboard.variables().forEach(expression -> mistakes.addAll(vocabulary.mistakes(expression)));
    return mistakes;
  }
}
