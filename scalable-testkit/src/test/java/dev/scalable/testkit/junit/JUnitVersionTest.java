package dev.scalable.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The build that is to run these tests on another JUnit does so. */
class JUnitVersionTest {
  @Test
  @EnabledIfSystemProperty(named = "expected.junit", matches = ".+")
  void the_tests_run_on_the_junit_that_the_build_asks_for() throws IOException {
    String api = Objects.requireNonNull(Test.class.getResource("Test.class")).toString();
    try (InputStream manifest = URI.create(
        api.substring(0, api.lastIndexOf('!')) + "!/META-INF/MANIFEST.MF").toURL().openStream()) {
      assertThat(new Manifest(manifest).getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION))
          .isEqualTo(System.getProperty("expected.junit"));
    }
  }
}
