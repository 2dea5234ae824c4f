package dev.scalable.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is compared of an answer, and what a way knows. */
class StepsTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "{\"id\":17,\"x\":1}                | {\"id\":***,\"x\":1}",
    "{\"id\" : \"a\\\"b, c\", \"x\":\"id\"} | {\"id\" : ***, \"x\":\"id\"}",
    "[{\"id\":null},{\"id\":-1.5e3}]      | [{\"id\":***},{\"id\":***}]",
    "{\"uid\":17,\"id\":{\"x\":1}}         | {\"uid\":17,\"id\":{\"x\":1}}",
    "at 12:30 and 13:45               | at <time> and <time>"
  })
  void what_is_declared_to_differ_is_not_compared(String body, String compared) throws IOException {
    Steps steps = Steps.of("way").maskingField("id").masking("\\d\\d:\\d\\d");
    assertThat(steps.masked(answer(body))).isEqualTo("200 text/x " + compared.replace("<time>", "***"));
  }

  @Test
  void the_random_numbers_of_each_time_are_the_same() {
    assertThat(new Steps.Known().random().nextLong()).isEqualTo(new Steps.Known().random().nextLong());
  }

  @Test
  void what_is_asked_of_a_way_that_has_not_got_it_is_told() {
    assertThatThrownBy(() -> new Steps.Known().value("id"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no step before saved a value as 'id'");
    assertThatThrownBy(() -> Steps.of("way").save("id", Answer::text))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("the way 'way' has no step yet");
    assertThatThrownBy(() -> Steps.of("way").all()).isInstanceOf(IllegalStateException.class);
    assertThat(Steps.of("way").step("a", known -> Call.get("/")).step("b", known -> Call.get("/")))
        .hasToString("'way' (a, then b)");
  }

  private static Answer answer(String body) throws IOException {
    String response =
        "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    try (TestServer server = TestServer.start(TestServer.always(response)); Client client = Client.open(server.uri())) {
      return client.send(Call.get("/"));
    }
  }
}
