package dev.scalable.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages say only what is so. */
class PagesTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern JAVA_BLOCK = Pattern.compile("(<!-- from (\\S+) -->\\n)?```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final int LONGEST_README = 150;

  @Test
  void every_java_block_stands_in_a_source_that_the_build_compiles() throws IOException {
    List<String> wrong = new ArrayList<>();
    int blocks = 0;
    for (Path page : pages()) {
      Matcher block = JAVA_BLOCK.matcher(Files.readString(page));
      while (block.find()) {
        blocks++;
        String source = block.group(2);
        if (source == null) {
          wrong.add(page + ": a block does not say where it is from: " + firstLine(block.group(3)));
        } else if (!unindented(Files.readString(ROOT.resolve(source))).contains(unindented(block.group(3)))) {
          wrong.add(page + ": a block is not what stands in " + source + ": " + firstLine(block.group(3)));
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(blocks).as("blocks seen at all").isPositive();
  }

  @Test
  void every_link_to_a_file_leads_to_one() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          broken.add(page + " -> " + link.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void the_readme_can_be_read_in_one_sitting() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(LONGEST_README);
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files.filter(file -> file.toString().endsWith(".md") && !file.toString().contains("target")).sorted().toList();
    }
  }

  /** Lines without what stands before them, since a block on a page is not indented as in its class. */
  private static String unindented(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).reduce("", (all, line) -> all + line + "\n");
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
