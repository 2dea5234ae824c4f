package dev.scalable.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each report has a folder of its own, the newest is easy to find, and old ones go. */
class ReportFolderTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 23, 18, 2, 33);

  @TempDir Path base;

  @Test
  void it_is_called_by_name_and_time_and_never_shared() {
    assertThat(ReportFolder.claim(base, "OriginReportTest", NOW).path())
        .isEqualTo(base.resolve("OriginReportTest-20261123-180233")).isDirectory();
    assertThat(ReportFolder.claim(base, "OriginReportTest", NOW).path())
        .isEqualTo(base.resolve("OriginReportTest-20261123-180233-2")).isDirectory();
  }

  @Test
  void no_name_leads_out_of_the_base_folder() {
    for (String name : List.of("../../etc/passwd", "..", "", "a/b\\c", Sample.HOSTILE, "x".repeat(500))) {
      Path path = ReportFolder.claim(base, name, NOW).path();
      assertThat(path.normalize().getParent()).isEqualTo(base);
      assertThat(path.getFileName().toString()).matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,110}");
    }
  }

  @Test
  void latest_leads_to_the_report_written_last() throws IOException {
    ReportFolder first = ReportFolder.claim(base, "a", NOW);
    ReportFolder second = ReportFolder.claim(base, "b", NOW);
    first.renewLatest();
    assertThat(base.resolve("latest").toRealPath()).isEqualTo(first.path().toRealPath());
    second.renewLatest();
    assertThat(base.resolve("latest").toRealPath()).isEqualTo(second.path().toRealPath());
    assertThat(names()).as("nothing half made is left").containsExactlyInAnyOrder(
        "a-20261123-180233", "b-20261123-180233", "latest");
  }

  @Test
  void the_newest_twenty_of_a_name_are_kept_and_nothing_else_is_touched() throws IOException {
    for (int day = 1; day <= 25; day++) {
      ReportFolder old = ReportFolder.claim(base, "mine", LocalDateTime.of(2026, 1, day, 0, 0));
      old.write("deep/er/report.html", new byte[0]);
    }
    ReportFolder.claim(base, "mine-too", LocalDateTime.of(2020, 1, 1, 0, 0));
    Files.createDirectories(base.resolve("mine-and-yours"));
    Path outside = Files.createDirectories(base.resolve("outside")).resolve("kept.txt");
    Files.writeString(outside, "kept");
    Files.createSymbolicLink(base.resolve("mine-20250101-000000"), outside.getParent());
    Files.createSymbolicLink(base.resolve("mine-20260101-000000/link"), outside.getParent());
    ReportFolder newest = ReportFolder.claim(base, "mine", NOW);
    newest.sweep();
    assertThat(names())
        .contains("mine-20261123-180233", "mine-20260125-000000", "mine-20260107-000000")
        .doesNotContain("mine-20260106-000000", "mine-20260101-000000")
        .contains("mine-too-20200101-000000", "mine-and-yours", "mine-20250101-000000", "outside")
        .filteredOn(name -> name.matches("mine-2026.*")).hasSize(ReportFolder.KEPT);
    assertThat(outside).hasContent("kept");
  }

  @Test
  void a_base_that_cannot_be_made_is_said_with_what_to_do() throws IOException {
    Path file = Files.writeString(base.resolve("file"), "");
    assertThatThrownBy(() -> ReportFolder.claim(file, "a", NOW))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("'a'")
        .hasMessageContaining(file.toString())
        .hasMessageContaining("-Dscalable.testkit.reports");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(base)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
