package dev.scalable.docs.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.junit.ClusterTest;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page on the testkit has all that a test can name. */
class TestkitReferenceTest {

  private static final Path PAGE = Path.of("reference", "testkit.md");
  private static final String ROOT = "dev.scalable.testkit.";
  private static final Pattern TYPE = Pattern.compile("^\\| `([a-z]+)` \\| `(\\w+)` \\|", Pattern.MULTILINE);
  private static final Pattern ATTRIBUTE = Pattern.compile("^\\| `([a-zA-Z]+)` \\| (\\w+) \\|", Pattern.MULTILINE);

  private static List<MatchResult> rows(Pattern row) throws IOException {
    return row.matcher(Files.readString(PAGE)).results().toList();
  }

  /** What is for users; the alternatives and parts of a type are told with it. */
  private static List<PublicType> types() {
    return Sources.publicTypes("scalable-testkit").stream().filter(type -> !type.internal() && !type.isNested())
        .toList();
  }

  @Test
  void every_type_of_the_testkit_stands_on_its_page() throws IOException {
    List<String> onThePage = rows(TYPE).stream().map(row -> ROOT + row.group(1) + "." + row.group(2)).toList();
    List<String> inTheCode = types().stream().map(PublicType::qualifiedName).toList();
    assertThat(inTheCode).filteredOn(type -> !onThePage.contains(type)).as("not on the page").isEmpty();
    assertThat(onThePage).filteredOn(type -> !inTheCode.contains(type)).as("on the page alone").isEmpty();
  }

  @Test
  void every_assertion_stands_in_the_row_of_its_type() throws IOException {
    List<String> rows = Files.readAllLines(PAGE);
    List<String> missing = new ArrayList<>();
    for (PublicType type : types().stream().filter(each -> each.name().endsWith("Assert")).toList()) {
      String row = rows.stream().filter(line -> line.contains("| `" + type.name() + "` |")).findFirst().orElse("");
      type.members().stream().map(member -> member.signature().replaceAll("\\(.*", "").replaceAll(".* ", ""))
          .filter(assertion -> !row.contains("`" + assertion + "`"))
          .forEach(assertion -> missing.add(type.name() + "." + assertion));
    }
    assertThat(missing).as("not in the row of their types").isEmpty();
  }

  @Test
  void every_attribute_of_a_cluster_test_stands_there_with_its_default() throws IOException {
    Map<String, String> onThePage = new TreeMap<>();
    rows(ATTRIBUTE).forEach(row -> onThePage.put(row.group(1), row.group(2)));
    Map<String, String> inTheCode = Arrays.stream(ClusterTest.class.getDeclaredMethods())
        .collect(Collectors.toMap(Method::getName, attribute -> text(attribute.getDefaultValue())));
    assertThat(onThePage).isEqualTo(inTheCode);
  }

  private static String text(Object value) {
    return switch (value) {
      // One that nobody would name.
      case Class<?> nothing -> "none";
      case Enum<?> constant -> constant.name();
      case Object[] nothing when nothing.length == 0 -> "none";
      default -> value.toString();
    };
  }
}
