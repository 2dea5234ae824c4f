package dev.scalable.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages say only what is so. */
class PagesTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern JAVA_BLOCK =
      Pattern.compile("(<!-- from (\\S+) -->\\n)?```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]*)(?:#([^)]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
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
  void every_link_leads_to_a_file_and_to_a_heading_in_it() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (Link link : links(page)) {
        boolean headed = link.heading().isEmpty() || headings(link.target()).contains(link.heading());
        if (!Files.exists(link.target()) || !headed) {
          broken.add(ROOT.relativize(page) + " -> " + link);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void every_page_is_found_by_links_from_the_readme() throws IOException {
    Set<Path> found = new TreeSet<>();
    Deque<Path> next = new ArrayDeque<>(List.of(ROOT.resolve("README.md")));
    while (!next.isEmpty()) {
      Path page = next.remove();
      if (found.add(page) && page.toString().endsWith(".md")) {
        links(page).forEach(link -> next.add(link.target()));
      }
    }
    // Beside a test's files a page says where they are from: nobody else needs it.
    assertThat(pages()).filteredOn(page -> !found.contains(page) && !page.toString().contains("src/test/resources"))
        .as("pages that no link leads to").isEmpty();
  }

  /** Where a link leads to, and the heading that it names there; empty for none. */
  private record Link(Path target, String heading) {}

  private static List<Link> links(Path page) throws IOException {
    return LINK.matcher(Files.readString(page)).results()
        .map(link -> new Link(link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1)).normalize(),
            Objects.requireNonNullElse(link.group(2), "")))
        .toList();
  }

  /** As forges name them: small letters, no punctuation, hyphens for spaces. */
  private static Set<String> headings(Path page) throws IOException {
    return HEADING.matcher(Files.readString(page)).results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").strip()
            .replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @Test
  void the_readme_can_be_read_in_one_sitting() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(LONGEST_README);
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files.filter(file -> file.toString().endsWith(".md") && !file.toString().contains("target")).sorted()
          .toList();
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
