package dev.scalable.deploy.supply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What runs with the published modules may be used by anybody, read from the lists that the build has made of them ({@code
 * target/bom.json}, CycloneDX). A build that is offline, or does not package, makes none: the test is not run then, and says so; {@code
 * -Dscalable.test.sbom=required} makes that a failure.
 */
class LicencesTest {

  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final List<String> PUBLISHED = List.of("scalable-core", "scalable-testkit", "starter-app", "deploy-templates");

  /** Identifiers of SPDX, and a name that has none. */
  private static final Set<String> ALLOWED =
      Set.of("Apache-2.0", "MIT", "BSD-2-Clause", "0BSD", "EPL-1.0", "EPL-2.0", "CC0-1.0", "Public Domain");

  private static JsonNode list(String module) throws IOException {
    Path list = ROOT.resolve(module).resolve("target/bom.json");
    if (!Files.isRegularFile(list)) {
      String sentence = "NOT RUN: there is no list of what " + module + " is made of: mvn verify makes it, unless it is offline";
      if ("required".equals(System.getProperty("scalable.test.sbom"))) {
        throw new AssertionError(sentence);
      }
      System.out.println(sentence);
      throw new TestAbortedException(sentence);
    }
    return JsonMapper.shared().readTree(Files.readString(list));
  }

  /** By component, what it may be used under; one of several is enough. */
  private static Map<String, List<String>> licences(JsonNode list) {
    Map<String, List<String>> licences = new TreeMap<>();
    for (JsonNode component : list.path("components")) {
      List<String> of = new ArrayList<>();
      for (JsonNode each : component.path("licenses")) {
        JsonNode licence = each.path("license");
        of.add(Stream.of(each.path("expression"), licence.path("id"), licence.path("name")).filter(JsonNode::isString)
            .map(JsonNode::asString).findFirst().orElse("none"));
      }
      licences.put(component.path("group").asString() + ":" + component.path("name").asString(), of);
    }
    return licences;
  }

  @Test
  void whatever_runs_with_the_published_modules_has_a_licence_that_lets_others_use_it() throws IOException {
    Map<String, List<String>> all = new TreeMap<>();
    for (String module : PUBLISHED) {
      all.putAll(licences(list(module)));
    }
    assertThat(all).hasSizeGreaterThan(30).containsKeys("io.undertow:undertow-core", "ch.qos.logback:logback-classic");

    report(all);
    Map<String, List<String>> refused = new TreeMap<>(all);
    refused.values().removeIf(licences -> licences.stream().anyMatch(ALLOWED::contains));
    assertThat(refused).isEmpty();
  }

  /** For those who must tell their own users. */
  private static void report(Map<String, List<String>> licences) throws IOException {
    List<String> lines = licences.entrySet().stream().sorted(Comparator.comparing(Map.Entry::getKey))
        .map(each -> each.getKey() + "  " + String.join(" or ", each.getValue())).toList();
    Files.write(Files.createDirectories(Path.of("target")).resolve("licences.txt"), lines);
  }
}
