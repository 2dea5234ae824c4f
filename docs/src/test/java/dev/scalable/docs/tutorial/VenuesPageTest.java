package dev.scalable.docs.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page that adds an endpoint shows all that is to be written, and that is not much. */
class VenuesPageTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int MOST_LINES = 60;

  /** The content of the first block of a language. */
  private static String block(String language) throws IOException {
    String page = Files.readString(ROOT.resolve("docs/tutorial/add-an-endpoint.md"));
    Matcher block = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(block.find()).as("a block of %s", language).isTrue();
    return block.group(1);
  }

  private static String source(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }

  private static List<String> added() throws IOException {
    return block("diff").lines().filter(line -> line.startsWith("+")).toList();
  }

  @Test
  void the_page_has_the_whole_of_each_file_that_is_compiled_and_run() throws IOException {
    assertThat(block("java")).isEqualTo(source("docs/src/test/java/dev/scalable/starter/venues/VenuesModule.java"));
    assertThat(block("sql")).isEqualTo(source("docs/src/test/resources/db/migration/V5__venues.sql"));
  }

  @Test
  void its_changes_fit_the_starter_as_it_is() throws IOException {
    String changed = "";
    for (String line : block("diff").lines().toList()) {
      String text = line.substring(1);
      if (line.startsWith("--- ")) {
        changed = source(text.substring(3).strip());
      } else if (line.startsWith("+")) {
        assertThat(changed).doesNotContain(text);
      } else {
        assertThat(changed).contains(text + "\n");
      }
    }
    assertThat(added()).hasSize(3);
  }

  @Test
  void an_endpoint_with_a_cached_read_and_a_write_that_invalidates_is_sixty_lines_at_most() throws IOException {
    long written = (block("java") + block("sql")).lines().filter(line -> !line.isBlank()).count();
    assertThat(written + added().size()).isLessThanOrEqualTo(MOST_LINES).isEqualTo(saysThePage());
  }

  private static long saysThePage() throws IOException {
    Matcher lines =
        Pattern.compile("(\\d+) lines, imports and all").matcher(source("docs/tutorial/add-an-endpoint.md"));
    assertThat(lines.find()).isTrue();
    return Long.parseLong(lines.group(1));
  }
}
