package dev.scalable.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * SQL is written out in the sources and its values are bound: nothing that ships puts a statement together from text that is not a
 * constant, and so no value can become a part of a statement.
 *
 * <p>It reads the sources: a literal that begins as a statement does may be joined to other literals, and to nothing else; nor be
 * formatted, or have names defined into it by Jdbi.
 */
class SqlTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** A text block, or a string of one line; in whole stretches, since a long one would need a deep stack otherwise. */
  private static final String LITERAL = "(?:\"\"\"(?:[^\\\\\"]++|\\\\.|\"(?!\"\"))*+\"\"\"|\"(?:[^\"\\\\\\n]++|\\\\.)*+\")";

  private static final Pattern STATEMENT = Pattern.compile(
      "\"(?:\"\")?\\s*(?:select|insert into|update|delete from|truncate|create (?:table|index|schema|database|role|user|unique)"
          + "|drop (?:table|index|schema|database|role|user)|alter (?:table|role|user|system|database)|with \\w+ as|set (?:local|session)"
          + "|listen|notify|lock table|copy|grant|revoke) ", Pattern.CASE_INSENSITIVE);

  /** A literal with those that follow it in the same expression, and what comes then. */
  private static final Pattern CHAIN = Pattern.compile("(" + LITERAL + "(?:\\s*\\+\\s*" + LITERAL + ")*)\\s*([^\\s])(.{0,12})");

  private static final Pattern COMMENT = Pattern.compile("(" + LITERAL + ")|//[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

  /** Where a name has to be put into a statement, since names cannot be bound, and what keeps that safe. */
  private static final Map<String, String> KNOWN = Map.of(
      "scalable-testkit/src/main/java/dev/scalable/testkit/check/DatabaseAssert.java",
      "counts the rows of a table that a test names; Query.name refuses what is no name",
      "scalable-testkit/src/main/java/dev/scalable/testkit/check/Effects.java",
      "the same, by a column",
      "scalable-testkit/src/main/java/dev/scalable/testkit/cluster/EmptyTables.java",
      "empties tables whose names the catalogue of the same database has quoted");

  /** The statements of a source that are put together from more than constants, as it has them. */
  private static List<String> joined(String source) {
    String code = COMMENT.matcher(source).replaceAll(found ->
        Matcher.quoteReplacement(found.group(1) == null ? " " : found.group(1)));
    List<String> wrong = new ArrayList<>();
    Matcher chain = CHAIN.matcher(code);
    while (chain.find()) {
      if (!STATEMENT.matcher(chain.group(1)).lookingAt()) {
        continue;
      }
      String then = chain.group(2) + chain.group(3);
      if (then.startsWith("+") || then.startsWith(".formatted") || then.startsWith(".replace") || then.startsWith(".concat")
          || isFormat(code.substring(0, chain.start()))) {
        wrong.add(chain.group(1).strip());
      }
    }
    return wrong;
  }

  private static boolean isFormat(String before) {
    return Pattern.compile("(\\bformat|\\bappend|\\bnew StringBuilder|\\bconcat|\\bjoin)\\(\\s*$").matcher(before).find();
  }

  @Test
  void no_statement_is_put_together_from_text() throws IOException {
    Map<String, List<String>> wrong = new TreeMap<>();
    int sources = 0;
    for (Path source : sources()) {
      sources++;
      List<String> found = joined(Files.readString(source));
      if (!found.isEmpty()) {
        wrong.put(ROOT.relativize(source).toString(), found);
      }
    }
    assertThat(sources).isGreaterThan(300);
    assertThat(wrong.keySet()).as("%s", wrong).isEqualTo(KNOWN.keySet());
  }

  @Test
  void names_are_never_defined_into_a_statement() throws IOException {
    for (Path source : sources()) {
      assertThat(Files.readString(source)).as("%s", source).doesNotContain("@Define", ".define(\"", "@AllowUnusedBindings");
    }
  }

  @Test
  void the_rule_sees_what_it_is_to_see() {
    assertThat(joined("handle.execute(\"select * from t where id = \" + id)")).hasSize(1);
    assertThat(joined("handle.execute(\"select * from t\"\n    + \" where name = '\" + name + \"'\")")).hasSize(1);
    assertThat(joined("String.format(\"update t set a = %s\", a)")).hasSize(1);
    assertThat(joined("\"delete from t where id = %s\".formatted(id)")).hasSize(1);
    assertThat(joined("new StringBuilder(\"insert into t values (\")")).hasSize(1);
    assertThat(joined("handle.execute(\"\"\"\n    select * from t\n    where id = \"\"\" + id)")).hasSize(1);
    assertThat(joined("\"\"\"\n    update t set a = '%s'\n    \"\"\".formatted(a)")).hasSize(1);
    assertThat(joined("\"select * from t\"\n + \" where id = ?\", id")).isEmpty();
    assertThat(joined("\"\"\"\n    select \"a\" from t where id = ?\n    \"\"\", id")).isEmpty();
    assertThat(joined("// \"select \" + id\n\"Selected: \" + count")).isEmpty();
  }

  /** What ships, and the examples. */
  private static List<Path> sources() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String folder : List.of("scalable-core/src/main", "scalable-testkit/src/main", "starter-app/src/main", "docs/src")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("SqlTest.java")).forEach(all::add);
      }
    }
    return all;
  }
}
