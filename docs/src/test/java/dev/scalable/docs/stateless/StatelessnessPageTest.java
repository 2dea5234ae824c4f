package dev.scalable.docs.stateless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.scalable.ScalableModule;
import dev.scalable.check.StatelessCheck;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the page on statelessness says of its examples is what happens to them. */
class StatelessnessPageTest {

  private static final Path PAGE = Path.of("explanation", "statelessness.md");

  private static ScalableModule settings() {
    return ScalableModule.with(Map.of("SCALABLE_DB_URL", "jdbc:postgresql://127.0.0.1:1/none",
        "SCALABLE_DB_USER", "nobody", "SCALABLE_REDIS_URL", "redis://127.0.0.1:1"));
  }

  @Test
  void captured_state_is_refused_with_the_words_on_the_page() {
    Throwable refused = catchThrowable(
        () -> DaggerVisits_App.builder().scalableModule(settings()).build().service().start());
    assertThat(refused).isInstanceOf(StatelessCheck.Failed.class);
    assertThat(PAGE).content().contains(String.valueOf(refused.getMessage()).lines().toList());
  }

  @Test
  void state_that_is_said_to_be_shared_is_let_through() {
    assertThatThrownBy(() -> DaggerDebug_App.builder().scalableModule(settings()).build().service().start())
        .hasMessageContaining("the checks have passed");
  }

  @Test
  void the_pom_lines_on_the_page_are_those_of_this_build() throws Exception {
    try (InputStream lines = StatelessCheck.class.getResourceAsStream("annotationProcessorPaths.xml")) {
      assertThat(lines).isNotNull();
      assertThat(PAGE).content().contains(new String(lines.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void what_only_the_compiler_needs_is_not_on_the_class_path_of_an_app() {
    assertThatThrownBy(() -> Class.forName("dagger.spi.model.BindingGraphPlugin"))
        .isInstanceOf(ClassNotFoundException.class);
  }
}
