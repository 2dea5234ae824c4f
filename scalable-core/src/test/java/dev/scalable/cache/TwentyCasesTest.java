package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** What the page about the proof of the cache calls the twenty cases: each is shown by tests that there are. */
class TwentyCasesTest {

  private static final Path PAGE = Stream.of("../docs", "docs")
      .map(docs -> Path.of(docs, "explanation", "cache-proof.md").toAbsolutePath().normalize())
      .filter(path -> path.toFile().isFile()).findFirst().orElseThrow();

  private static final Pattern ROW = Pattern.compile("^\\| (\\d+) \\| .* \\| (`.*`) \\|$", Pattern.MULTILINE);
  private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

  @Test
  void each_of_the_twenty_cases_has_tests_that_there_are() throws Exception {
    List<Integer> cases = new ArrayList<>();
    for (MatchResult row : ROW.matcher(Files.readString(PAGE)).results().toList()) {
      cases.add(Integer.valueOf(row.group(1)));
      List<MatchResult> tests = TEST.matcher(row.group(2)).results().toList();
      assertThat(tests).as("of case " + row.group(1)).isNotEmpty();
      for (MatchResult each : tests) {
        assertThat(Arrays.stream(named(each.group(1)).getDeclaredMethods()).filter(TwentyCasesTest::isTest))
            .as("tests of " + each.group(1)).extracting(Method::getName).contains(each.group(2));
      }
    }
    assertThat(cases).isEqualTo(IntStream.rangeClosed(1, 20).boxed().toList());
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
  }

  private static Class<?> named(String simpleName) throws IOException {
    for (String folder : List.of("dev.scalable.cache.", "dev.scalable.")) {
      try {
        return Class.forName(folder + simpleName);
      } catch (ClassNotFoundException e) {
        // Then in the other one.
      }
    }
    throw new IOException("There is no test class " + simpleName);
  }
}
