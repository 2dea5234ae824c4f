package dev.scalable.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The starter's pom has no parent, so that it can be taken away: what stands in it and in the root's is the same. */
class StarterPomTest {

  private static final Element ROOT = pom("pom.xml");
  private static final Element STARTER = pom("starter-app/pom.xml");

  private static Element pom(String file) {
    try {
      Path path = Path.of("..").resolve(file);
      return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(path.toFile()).getDocumentElement();
    } catch (Exception e) {
      throw new IllegalStateException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Stream<Element> children(Element parent) {
    NodeList nodes = parent.getChildNodes();
    return IntStream.range(0, nodes.getLength()).mapToObj(nodes::item)
        .filter(Element.class::isInstance).map(Element.class::cast);
  }

  private static Stream<Element> all(Element parent, String name) {
    NodeList nodes = parent.getElementsByTagName(name);
    return IntStream.range(0, nodes.getLength()).mapToObj(nodes::item).map(Element.class::cast);
  }

  private static Optional<Element> child(Element parent, String name) {
    return children(parent).filter(element -> element.getTagName().equals(name)).findFirst();
  }

  /** The text of a child, in one line and without comments; empty when there is no such child. */
  private static String text(Element parent, String name) {
    return child(parent, name).map(StarterPomTest::text).orElse("");
  }

  private static String text(Element element) {
    return element.getTextContent().strip().replaceAll("\\s+", " ");
  }

  private static Map<String, String> properties(Element pom) {
    Map<String, String> properties = new TreeMap<>();
    children(child(pom, "properties").orElseThrow())
        .forEach(property -> properties.put(property.getTagName(), property.getTextContent()));
    return properties;
  }

  /** By name, the plugins of a pom that say their version. */
  private static Map<String, Element> plugins(Element pom) {
    Map<String, Element> plugins = new TreeMap<>();
    all(pom, "plugin").filter(plugin -> child(plugin, "version").isPresent())
        .forEach(plugin -> plugins.put(text(plugin, "artifactId"), plugin));
    return plugins;
  }

  /** Without the annotation processors: the starter has more of them. */
  private static List<String> configuration(Element plugin) {
    return all(plugin, "configuration").flatMap(StarterPomTest::children)
        .filter(element -> !element.getTagName().equals("annotationProcessorPaths"))
        .map(element -> element.getTagName() + ": " + text(element)).toList();
  }

  @Test
  void the_starter_stands_alone() {
    assertThat(child(STARTER, "parent")).isEmpty();
    assertThat(all(STARTER, "relativePath")).isEmpty();
  }

  @Test
  void the_starter_and_the_library_it_takes_have_the_version_of_this_build() {
    assertThat(text(STARTER, "version")).isEqualTo(text(ROOT, "version"));
    assertThat(properties(STARTER)).containsEntry("scalable.version", text(ROOT, "version"));
  }

  @Test
  void all_versions_of_dependencies_are_had_by_the_one_of_the_library() {
    assertThat(Stream.concat(all(STARTER, "dependency"), all(STARTER, "path")))
        .filteredOn(element -> child(element, "version").isPresent())
        .extracting(element -> text(element, "artifactId") + " " + text(element, "version"))
        .containsExactly("scalable-parent ${scalable.version}");
  }

  @Test
  void properties_that_stand_in_both_are_equal() {
    Map<String, String> properties = properties(STARTER);
    properties.keySet().removeAll(Set.of("scalable.version", "run.kind"));

    assertThat(properties(ROOT)).containsAllEntriesOf(properties);
  }

  @Test
  void each_plugin_has_the_version_and_the_configuration_that_it_has_here() {
    Map<String, Element> here = plugins(ROOT);
    assertThat(plugins(STARTER)).isNotEmpty().allSatisfy((name, plugin) -> {
      Element same = Objects.requireNonNull(here.get(name), name + " is not in the root's pom");
      assertThat(text(plugin, "version")).isEqualTo(text(same, "version"));
      assertThat(configuration(plugin)).containsAll(configuration(same));
    });
  }

  @Test
  void the_starter_is_checked_by_what_checks_the_library() {
    assertThat(all(STARTER, "path")).extracting(path -> text(path, "artifactId"))
        .containsAll(all(ROOT, "path").map(path -> text(path, "artifactId")).toList());
  }
}
