package dev.scalable.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTest {

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX-Forged: b", "a\nb", "a\0b", "a\u010d\u010aX-Forged: b", "caf\u00e9", "\u007f"})
  void a_header_value_that_could_not_be_sent_as_it_is_is_refused(String value) {
    assertThatIllegalArgumentException().isThrownBy(() -> Response.noContent().header("X-Test", value))
        .withMessageContaining("X-Test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "text/plain\r\nX-Forged: b", "text/plain\u010d\u010aX-Forged: b", "text/caf\u00e9"})
  void a_content_type_that_could_not_be_sent_as_it_is_is_refused(String type) {
    assertThatIllegalArgumentException().isThrownBy(() -> Response.file(type, Path.of("x")))
        .withMessageContaining("Content-Type");
    assertThatIllegalArgumentException().isThrownBy(() -> Response.stream(type, out -> { }));
    assertThatIllegalArgumentException().isThrownBy(() -> new Response.Body.Bytes(type, new byte[1]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "X Test", "X-Test:", "X-Test\r\n", "X-T\u00e9st"})
  void a_header_name_that_is_no_token_is_refused(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> Response.noContent().header(name, "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "transfer-encoding", "CONNECTION", "Date", "X-Request-Id", "X-Instance-Id", "Upgrade"})
  void a_header_that_the_server_sets_itself_is_refused(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> Response.noContent().header(name, "1")).withMessageContaining(name);
  }

  @Test
  void headers_are_kept_in_their_order_and_the_response_they_were_added_to_is_left_as_it_was() {
    Response plain = Response.text("x");
    assertThat(plain.header("A", "1").header("B", "a\tb").headers())
        .containsExactly(new Response.Header("A", "1"), new Response.Header("B", "a\tb"));
    assertThat(plain.headers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 199, 600})
  void only_a_final_status_is_a_response(int status) {
    assertThatIllegalArgumentException().isThrownBy(() -> Response.status(status));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 302, 399, 600})
  void only_an_error_status_is_a_problem(int status) {
    assertThatIllegalArgumentException().isThrownBy(() -> Problem.of(status, "x", "y"));
  }

  @Test
  void a_route_that_can_never_answer_is_refused() {
    Route route = Route.get("/a", r -> Response.noContent());
    assertThatIllegalArgumentException().isThrownBy(() -> Route.get("a", r -> Response.noContent())).withMessageContaining("slash");
    assertThatIllegalArgumentException().isThrownBy(() -> route.withMaxBody(-1)).withMessageContaining("GET /a");
    assertThatIllegalArgumentException().isThrownBy(() -> route.withTimeout(Duration.ZERO)).withMessageContaining("GET /a");
    assertThat(route.withMaxBody(5).withTimeout(Duration.ofSeconds(1)).maxBody()).hasValue(5);
  }
}
