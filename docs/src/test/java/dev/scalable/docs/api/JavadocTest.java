package dev.scalable.docs.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever reads the library in an editor is told what each thing is, and is shown nothing that would not compile. */
class JavadocTest {

  private static final Pattern TAGS = Pattern.compile("(?m)^\\s*@[a-z].*", Pattern.DOTALL);

  private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\n(.*?)\\n\\s*}</pre>", Pattern.DOTALL);

  private static final Path EXAMPLES = Path.of("src", "test", "java", "dev", "scalable", "docs", "javadoc");

  @Test
  void every_public_type_and_member_has_a_first_sentence() {
    List<String> silent = new ArrayList<>();
    for (PublicType type : Sources.publicTypes()) {
      if (isSilent(type.javadoc())) {
        silent.add(type.qualifiedName());
      }
      type.members().stream().filter(member -> member.explained() && isSilent(member.javadoc()))
          .forEach(member -> silent.add(type.qualifiedName() + ": " + member.signature()));
    }
    assertThat(silent).as("public, and no javadoc says what it is").isEmpty();
  }

  /** Not of what is internal, where names may say enough. */
  @Test
  void every_component_of_a_record_is_said_to_be_something() {
    List<String> silent = new ArrayList<>();
    for (PublicType type : Sources.publicTypes().stream().filter(each -> !each.internal()).toList()) {
      type.components().stream()
          .filter(name -> !Pattern.compile("@param\\s+" + name + "\\s").matcher(type.javadoc()).find())
          .forEach(name -> silent.add(type.qualifiedName() + ": " + name));
    }
    assertThat(silent).as("of a record, without @param").isEmpty();
  }

  @Test
  void every_example_stands_in_a_source_that_the_build_compiles() throws IOException {
    String compiled = unindented(Files.readString(EXAMPLES.resolve("CoreExamples.java")))
        + unindented(Files.readString(EXAMPLES.resolve("TestkitExamples.java")));
    List<String> wrong = new ArrayList<>();
    int seen = 0;
    for (PublicType type : Sources.publicTypes()) {
      String all = type.javadoc()
          + type.members().stream().map(PublicType.Member::javadoc).collect(Collectors.joining("\n"));
      for (MatchResult example : EXAMPLE.matcher(all).results().toList()) {
        seen++;
        if (!compiled.contains(unindented(example.group(1)))) {
          wrong.add(type.qualifiedName() + ":\n" + example.group(1));
        }
      }
    }
    assertThat(wrong).as("examples in javadoc that are not in the sources in " + EXAMPLES).isEmpty();
    assertThat(seen).as("examples seen at all").isGreaterThan(10);
  }

  private static String unindented(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  /** Nothing, or tags alone. */
  private static boolean isSilent(String javadoc) {
    return TAGS.matcher(javadoc).replaceFirst("").isBlank();
  }
}
