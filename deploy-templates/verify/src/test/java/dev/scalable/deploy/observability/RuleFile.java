package dev.scalable.deploy.observability;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What a file of rules has, or one of tests for them.
 *
 * @param rules in their order
 */
record RuleFile(List<Rule> rules) {

  /** What is recorded under a name, or an alert of that name. */
  record Rule(String name, boolean alert, String expression, Map<?, ?> labels, Map<?, ?> annotations) {}

  /** The files of a folder, by their names. */
  static List<Path> in(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.yml")) {
      found.forEach(files::add);
    }
    Collections.sort(files);
    return files;
  }

  /** A document that is a map, whatever it is of. Names that are given twice are refused. */
  static Map<?, ?> map(String yaml) {
    return (Map<?, ?>) new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build()).loadFromString(yaml);
  }

  static RuleFile read(String yaml) {
    return new RuleFile(maps(map(yaml), "groups").flatMap(group -> maps(group, "rules")).map(RuleFile::rule).toList());
  }

  private static Rule rule(Map<?, ?> rule) {
    boolean alert = rule.containsKey("alert");
    return new Rule(String.valueOf(rule.get(alert ? "alert" : "record")), alert, String.valueOf(rule.get("expr")),
        child(rule, "labels"), child(rule, "annotations"));
  }

  private static Map<?, ?> child(Map<?, ?> of, String name) {
    return of.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  /** The maps of a list; none where there is no such list. */
  static Stream<Map<?, ?>> maps(Map<?, ?> of, String name) {
    return of.get(name) instanceof List<?> list ? list.stream().map(each -> (Map<?, ?>) each) : Stream.of();
  }
}
