package dev.scalable.testkit.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.FileEntry;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What came of test classes that were run as a build would run them. */
final class Launched implements TestExecutionListener {
  private final Map<String, TestExecutionResult> results = new LinkedHashMap<>();
  private final Map<String, String> skipped = new LinkedHashMap<>();
  private final Map<String, String> entries = new LinkedHashMap<>();
  private final List<FileEntry> files = new ArrayList<>();

  static Launched run(Class<?>... testClasses) {
    return run(Map.of(), testClasses);
  }

  static Launched run(Map<String, String> configuration, Class<?>... testClasses) {
    LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
        .selectors(Stream.of(testClasses).map(type -> selectClass(type)).toList())
        .configurationParameters(configuration)
        .build();
    Launched launched = new Launched();
    LauncherFactory.create().execute(request, launched);
    return launched;
  }

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    results.put(name(test), result);
  }

  @Override
  public synchronized void executionSkipped(TestIdentifier test, String reason) {
    skipped.put(name(test), reason);
  }

  @Override
  public synchronized void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
    entries.putAll(entry.getKeyValuePairs());
  }

  @Override
  public synchronized void fileEntryPublished(TestIdentifier test, FileEntry file) {
    files.add(file);
  }

  /** The failure of the test or class of that name, which must have failed or been aborted. */
  Throwable failure(String test) {
    return result(test).getThrowable().orElseThrow(() -> new AssertionError(test + " did not fail"));
  }

  TestExecutionResult result(String test) {
    return Objects.requireNonNull(results.get(test), () -> test + " is not among " + results.keySet());
  }

  /** The names of those that ended so. */
  List<String> ended(TestExecutionResult.Status status) {
    return results.entrySet().stream().filter(each -> each.getValue().getStatus() == status).map(Map.Entry::getKey)
        .toList();
  }

  /** Why each test was not run. */
  Map<String, String> skipped() {
    return skipped;
  }

  /** What was published by key and value. */
  Map<String, String> entries() {
    return entries;
  }

  List<FileEntry> files() {
    return files;
  }

  /** The display name, of a method without its parameters. */
  private static String name(TestIdentifier test) {
    return test.getDisplayName().replaceFirst("\\(.*", "");
  }
}
