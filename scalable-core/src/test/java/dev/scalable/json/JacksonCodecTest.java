package dev.scalable.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.scalable.http.BodyType;
import dev.scalable.http.JsonCodec;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JacksonCodecTest {

  private enum Color { RED, BLUE }

  private record Line(long product, int count) {
    Line {
      if (count < 1) {
        throw new IllegalArgumentException("count must be positive");
      }
    }
  }

  private record Order(UUID id, List<Line> lines, @Nullable Color color, @Nullable BigDecimal price, boolean gift) {}

  private static final String ID = "\"id\":\"00000000-0000-0000-0000-000000000001\"";

  private final JsonCodec codec = JsonModule.jsonCodec();

  private String mistake(String json) {
    return Optional.ofNullable(catchThrowableOfType(JsonCodec.Malformed.class,
        () -> codec.decode(json.getBytes(UTF_8), Order.class)).getMessage()).orElse("");
  }

  @Test
  void what_was_encoded_can_be_decoded() throws JsonCodec.Malformed {
    Order order = new Order(UUID.randomUUID(), List.of(new Line(1, 2)), Color.BLUE, new BigDecimal("12.30"), true);
    assertThat(codec.decode(codec.encode(order), Order.class)).isEqualTo(order);
    assertThat(new String(codec.encode(Map.of("caf\u00e9", 1)), UTF_8)).isEqualTo("{\"caf\u00e9\":1}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "a duplicate member          | {ID,'lines':[],'gift':true,'gift':false}            | not well-formed JSON",
      "text after the end          | {ID,'lines':[],'gift':true} x                       | not well-formed JSON",
      "a second value              | {ID,'lines':[],'gift':true}{}                       | not the kind of value",
      "an unknown member           | {ID,'lines':[],'gift':true,'admin':true}            | unknown member 'admin'",
      "a fraction for a whole      | {ID,'lines':[{'product':1,'count':1.5}],'gift':true} | at 'lines[0].count'",
      "a float for a whole         | {ID,'lines':[{'product':1,'count':1.0}],'gift':true} | at 'lines[0].count'",
      "an exponent for a whole     | {ID,'lines':[{'product':1e2,'count':1}],'gift':true} | at 'lines[0].product'",
      "a whole that is too large   | {ID,'lines':[{'product':1,'count':3000000000}],'gift':true} | out of range",
      "a text for a number         | {ID,'lines':[{'product':'1','count':1}],'gift':true} | at 'lines[0].product'",
      "null for a primitive        | {ID,'lines':[{'product':null,'count':1}],'gift':true} | lines[0]",
      "a missing primitive         | {ID,'lines':[{'count':1}],'gift':true}              | lines[0]",
      "a number for a boolean      | {ID,'lines':[],'gift':1}                            | at 'gift'",
      "a text for a boolean        | {ID,'lines':[],'gift':'true'}                       | at 'gift'",
      "an unknown choice           | {ID,'lines':[],'gift':true,'color':'GREEN'}         | 'GREEN' at 'color'",
      "a number for a choice       | {ID,'lines':[],'gift':true,'color':0}               | at 'color'",
      "an ill-formed id            | {'id':'7','lines':[],'gift':true}                   | '7' at 'id'",
      "an object for a list        | {ID,'lines':{},'gift':true}                         | at 'lines'",
      "a value that refuses itself | {ID,'lines':[{'product':1,'count':0}],'gift':true}  | count must be positive at 'lines[0]'",
      "not a number                | {ID,'lines':[{'product':NaN,'count':1}],'gift':true} | not well-formed JSON",
      "a comment                   | {ID,'lines':[],/* */'gift':true}                    | not well-formed JSON",
      "single quotes               | {`id`:1}                                            | not well-formed JSON",
      "a list for an object        | []                                                  | not the kind of value",
      "a text for an object        | 'x'                                                 | not the kind of value",
      "null for everything         | null                                                | null stands where a value is needed",
      "cut short                   | {ID,'lines':[                                       | not well-formed JSON"}, quoteCharacter = '~')
  void json_that_is_not_exactly_what_is_needed_is_refused_in_the_words_of_the_client(String what, String json, String said) {
    String message = mistake(json.replace("ID", ID).replace('\'', '"').replace('`', '\''));
    assertThat(message).as(what).contains(said.replace('\'', '"'))
        .doesNotContain("Order", "Line", "Color", "java", "jackson", "Exception", "UUID");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void a_depth_bomb_is_refused(String open) {
    assertThat(mistake("{" + ID + ",\"lines\":" + open.repeat(100_000))).isNotEmpty();
    assertThatThrownBy(() -> codec.decode(open.repeat(100_000).getBytes(UTF_8), Object.class))
        .isInstanceOf(JsonCodec.Malformed.class);
  }

  @Test
  void a_number_bomb_is_refused() {
    assertThat(mistake("{" + ID + ",\"lines\":[],\"gift\":true,\"price\":" + "9".repeat(100_000) + "}")).hasSizeLessThan(200);
  }

  /** 1e1000000000 is 12 bytes, and a gigabyte once something is added to it or its scale is set. */
  @ParameterizedTest
  @ValueSource(strings = {"1e1000000000", "-1e1001", "1E-1001", "0e2147483647", "1.5e+99999999999"})
  void a_number_that_grows_when_it_is_used_is_refused(String number) {
    assertThat(mistake("{" + ID + ",\"lines\":[],\"gift\":true,\"price\":" + number + "}"))
        .contains("out of range");
    assertThatThrownBy(() -> codec.decode(("[" + number + "]").getBytes(UTF_8), new BodyType<List<BigDecimal>>() {}))
        .isInstanceOf(JsonCodec.Malformed.class);
  }

  @Test
  void a_long_text_is_not_repeated_to_the_client() {
    assertThat(mistake("{\"id\":\"" + "x".repeat(10_000) + "\"}")).hasSizeLessThan(200);
    assertThat(mistake("{\"" + "x".repeat(10_000) + "\":1}")).hasSizeLessThan(200);
  }

  @Test
  void bytes_that_are_not_utf_8_are_refused() {
    assertThatThrownBy(() -> codec.decode(new byte[] {'"', (byte) 0xc0, (byte) 0xaf, '"'}, String.class))
        .isInstanceOf(JsonCodec.Malformed.class);
    assertThatThrownBy(() -> codec.decode(new byte[0], String.class)).isInstanceOf(JsonCodec.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
  void json_in_another_encoding_is_refused_whatever_it_would_say(String encoding) {
    // Half a surrogate pair is found in UTF-8 alone.
    for (String json : List.of("\"x\"", "\"\\ud800\"", "7")) {
      assertThatThrownBy(() -> codec.decode(json.getBytes(Charset.forName(encoding)), Object.class)).as(json)
          .isInstanceOf(JsonCodec.Malformed.class).hasMessageContaining("UTF-8");
    }
  }

  private record Shares(double one, float other) {}

  @ParameterizedTest
  @ValueSource(strings = {"{'one':1e999,'other':1}", "{'one':-1e999,'other':1}", "{'one':1,'other':1e39}"})
  void a_number_that_would_be_infinite_is_refused(String json) {
    assertThatThrownBy(() -> codec.decode(json.replace('\'', '"').getBytes(UTF_8), Shares.class))
        .isInstanceOf(JsonCodec.Malformed.class).hasMessageContaining("out of range");
  }

  @Test
  void a_number_that_would_be_infinite_is_refused_where_anything_is_taken() throws JsonCodec.Malformed {
    assertThatThrownBy(() -> codec.decode("{\"a\":[1e999]}".getBytes(UTF_8), Object.class))
        .isInstanceOf(JsonCodec.Malformed.class).hasMessageContaining("out of range");
    assertThat(codec.decode("[1e308,1e-999]".getBytes(UTF_8), Object.class)).isEqualTo(List.of(1e308, 0.0));
    assertThat(codec.decode("1e999".getBytes(UTF_8), BigDecimal.class)).isEqualTo(new BigDecimal("1e999"));
  }

  private record Broken(String name) {
    @Override
    @SuppressWarnings("UnusedMethod") // the codec calls it
    public String name() {
      throw new IllegalStateException("broken");
    }
  }

  @Test
  void a_value_that_cannot_be_written_is_a_mistake_of_the_program() {
    assertThatThrownBy(() -> codec.encode(new Broken("x"))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Broken").hasMessageContaining("cannot be written as JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\\udc00", "\\ud83dx", "\\ud83d\\u0041", "\\ud83d\\ud83d", "\\\\\\uD800"})
  void half_a_surrogate_pair_is_refused(String text) {
    assertThatThrownBy(() -> codec.decode(("\"" + text + "\"").getBytes(UTF_8), String.class))
        .isInstanceOf(JsonCodec.Malformed.class).hasMessageContaining("surrogate");
  }

  @Test
  void a_whole_surrogate_pair_and_what_only_looks_like_half_a_one_are_read() throws JsonCodec.Malformed {
    assertThat(codec.decode("\"\\ud83d\\ude00 \\\\ud800\"".getBytes(UTF_8), String.class))
        .isEqualTo("\ud83d\ude00 \\ud800");
  }
}
