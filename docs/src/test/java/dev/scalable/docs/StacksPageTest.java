package dev.scalable.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.benchmarks.figures.Cpu;
import dev.scalable.benchmarks.figures.Endpoint;
import dev.scalable.benchmarks.figures.RawFile;
import dev.scalable.benchmarks.figures.Run;
import dev.scalable.benchmarks.figures.StacksPage;
import dev.scalable.benchmarks.figures.Times;
import dev.scalable.benchmarks.figures.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page on whole stacks is made of raw data, and by nobody's hand. With {@code -Dscalable.stacks=write} the page is
 * written and not compared.
 */
class StacksPageTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path RAW = ROOT.resolve("docs/benchmarks/results/stacks.csv");
  private static final Path PAGE = ROOT.resolve("docs/reference/stacks.md");

  /** What becomes of a run that saw nothing to speak of. */
  private static final Map<String, String> FACTS = Map.of("stack ours", "Scalable");

  @TempDir
  private Path folder;

  @Test
  void the_page_is_what_is_made_of_the_raw_data_beside_it() throws IOException {
    String made = new StacksPage(RawFile.read(RAW)).markdown();
    if ("write".equals(System.getProperty("scalable.stacks"))) {
      Files.writeString(PAGE, made);
    }
    assertThat(Files.readString(PAGE)).as(
        "%s is not what is made of %s; nobody writes it by hand: docs/benchmarks/run --page makes it anew", PAGE, RAW)
        .isEqualTo(made);
  }

  @Test
  void the_raw_data_beside_the_page_are_of_a_whole_run_in_which_no_request_failed() throws IOException {
    Run run = RawFile.read(RAW);
    assertThat(run.facts()).containsKeys("ended", "commit", "processors", "java", "postgresql", "redis", "nginx",
        "stack ours", "stack fastapi", "stack undertow", "stack helidon", "stack javalin", "stack spring-boot");
    assertThat(run.windows()).extracting(Window::failed).containsOnly(0);
    assertThat(run.windows()).extracting(Window::endpoint).contains(Endpoint.values());
  }

  @Test
  void a_window_is_read_as_it_was_written_down() throws IOException {
    Window closed = window("ours", 0, 20_000, 400);
    Window open = new Window(Instant.parse("2026-11-29T15:00:00.123Z"), "spring-boot", Endpoint.ORDER, 3, 1_234.5, 900,
        1, 2, 2.0001, new Cpu(1, 2, 3, 4, 5), new Times(0.5, 1.25, Double.NaN, Double.NaN), "hiccups, of 49.0 ms");
    RawFile raw = RawFile.begin(folder.resolve("raw.csv"), Map.of("command", "mvn: -Dstacks=ours"));
    raw.add(closed);
    raw.add(open);
    raw.add("ended", "now");

    assertThat(raw.read())
        .isEqualTo(new Run(Map.of("command", "mvn: -Dstacks=ours", "ended", "now"), List.of(closed, open)));
  }

  @Test
  void a_line_that_cannot_be_read_is_named() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.csv"), "# begun: now\nours,cached read\n");
    assertThatThrownBy(() -> RawFile.read(broken)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 2 of " + broken).hasMessageEndingWith("ours,cached read");
  }

  @Test
  void figures_stand_beside_each_other_as_medians_quartiles_and_ratios_and_a_bar_that_is_missed_is_said()
      throws IOException {
    RawFile raw = RawFile.begin(folder.resolve("raw.csv"), FACTS);
    raw.add("stack undertow", "Undertow");
    raw.add("stack javalin", "Javalin");
    for (int round = 0; round < 5; round++) {
      raw.add(window("ours", round, 20_000 + 2_000 * round, 400));
      raw.add(window("undertow", round, 40_000, 400));
      raw.add(window("javalin", round, 10_000, 400));
    }
    raw.add("ended", "now");

    String page = new StacksPage(raw.read()).markdown();

    assertThat(page.lines().map(line -> line.replaceAll(" +", " "))).contains(
        "| ours | 12,000 (11,000 to 13,000) | 17 (15 to 18) | 4 | 0 | 0 | 8 | too few requests | too few requests"
            + " | too few requests |",
        "| undertow | 0.60 (0.55 to 0.65) | 1.67 (1.54 to 1.82) | too few requests | too few requests |",
        "| undertow | cached read: app CPU | 1.667 (1.538 to 1.818) | <= 1.00 | **no** |",
        "| javalin | cached read: app CPU | 0.417 (0.385 to 0.455) | <= 1.00 | yes |");
    assertThat(page).contains("**1 of 2** bars").contains("**0 failed**").doesNotContain("was short", "broke off");
  }

  @Test
  void a_run_that_was_short_or_broke_off_says_so() throws IOException {
    RawFile raw = RawFile.begin(folder.resolve("raw.csv"), FACTS);
    raw.add(window("ours", 0, 20_000, 400));
    assertThat(new StacksPage(raw.read()).markdown()).contains("**The run was short", "**The run broke off");
  }

  /** Every one, or the command that is to run all would leave one out in silence. */
  @Test
  void the_command_that_measures_all_knows_every_measurement() throws IOException {
    String command = Files.readString(ROOT.resolve("docs/benchmarks/run"));
    try (Stream<Path> files = Files.walk(ROOT)) {
      assertThat(files.filter(file -> file.toString().endsWith("Bench.java") && !file.toString().contains("target"))
          .map(file -> ROOT.relativize(file).toString().replaceAll("(.*)/src/test/java/.*/(\\w+)\\.java", " $1 $2 ")))
          .isNotEmpty().allSatisfy(each -> assertThat(command).contains(each));
    }
  }

  /** Of two seconds, by users who wait. */
  private static Window window(String stack, int round, int requests, double appMillis) {
    return new Window(Instant.parse("2026-11-29T15:00:00Z"), stack, Endpoint.CACHED_READ, round, 0, requests, 0, 0, 2,
        new Cpu(appMillis, 100, 0, 0, 200), new Times(0.5, 0.75, 1.5, Double.NaN), "");
  }
}
