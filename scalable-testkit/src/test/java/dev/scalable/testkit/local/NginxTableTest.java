package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The template's README says what is promised and which tests show it: each row has tests that there are. */
class NginxTableTest {

  private static final Path README = Path.of("..", "deploy-templates", "nginx", "README.md");
  private static final Pattern ROW = Pattern.compile("^\\| .* \\| (`\\w+Test\\..*`) \\|$", Pattern.MULTILINE);
  private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

  /** Those of the section on tests that the template was designed with: none may vanish from the table. */
  private static final List<String> AT_LEAST = List.of("NginxConfTest", "NginxSlotsTest", "NginxRetryTest", "NginxHangTest",
      "NginxReloadTest", "NginxHeadersTest", "NginxAccessLogTest", "NginxErrorsTest", "NginxStreamingTest", "NginxTlsTest");

  @Test
  void each_promise_has_tests_that_there_are() throws Exception {
    List<String> classes = new ArrayList<>();
    for (MatchResult row : ROW.matcher(Files.readString(README)).results().toList()) {
      for (MatchResult each : TEST.matcher(row.group(1)).results().toList()) {
        classes.add(each.group(1));
        assertThat(Arrays.stream(named(each.group(1)).getDeclaredMethods()).filter(NginxTableTest::isTest))
            .as("tests of " + each.group(1)).extracting(Method::getName).contains(each.group(2));
      }
    }
    assertThat(classes).containsAll(AT_LEAST);
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
  }

  private static Class<?> named(String simpleName) throws ClassNotFoundException {
    return Class.forName("dev.scalable.testkit." + (simpleName.startsWith("Nginx") ? "local." : "cluster.") + simpleName);
  }
}
