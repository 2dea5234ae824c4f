package dev.scalable.testkit.junit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.MediaType;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a report to JUnit, for build servers to show. */
final class Publication {
  private static final Logger log = LoggerFactory.getLogger(ClusterTest.class);

  private Publication() {}

  /** Publishes {@code report.html} and the JSON beside it, where this JUnit can, and {@code numbers}. */
  static void publish(ExtensionContext context, Path page, Map<String, String> numbers) {
    context.publishReportEntry(numbers);
    try {
      for (Path file : List.of(page, page.resolveSibling("report.json"))) {
        context.publishFile(String.valueOf(file.getFileName()), type(file),
            to -> Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING));
      }
    } catch (LinkageError e) {
      log.info("this JUnit cannot take files (5.14 and later can): the report is only at {}", page);
    }
  }

  private static MediaType type(Path file) {
    return file.toString().endsWith(".json")
        ? MediaType.APPLICATION_JSON
        : MediaType.create("text", "html", StandardCharsets.UTF_8);
  }
}
