package dev.scalable.json;

import dev.scalable.http.BodyType;
import dev.scalable.http.JsonCodec;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;

/** Jackson, set to refuse what a careful reader would refuse. */
final class JacksonCodec implements JsonCodec {

  private static final int DEEPEST = 100;

  private final JsonMapper mapper = JsonMapper
      .builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build())
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
      .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
      .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
      .build();

  @Override
  public byte[] encode(Object value) {
    try {
      return mapper.writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("A " + value.getClass().getName() + " cannot be written as JSON: "
          + e.getOriginalMessage(), e);
    }
  }

  @Override
  public <T> T decode(byte[] json, BodyType<T> type) throws Malformed {
    refuseIllFormed(json);
    T value;
    try {
      value = mapper.readValue(new BoundedNumbers(mapper.createParser(json)), mapper.constructType(type.type()));
    } catch (JacksonException e) {
      throw new Malformed(explain(e), e);
    }
    if (value == null) {
      throw new Malformed("null stands where a value is needed", new IllegalArgumentException("null"));
    }
    return value;
  }

  /**
   * Jackson lets overlong and cut short sequences through, which another reader of the same bytes takes for something
   * else; and it guesses UTF-16 and UTF-32, in which nothing below would find what it looks for. In those each ASCII
   * character, with which all JSON begins, has a NUL; in UTF-8 no JSON has one.
   */
  private static void refuseIllFormed(byte[] json) throws Malformed {
    boolean ascii = true;
    boolean escapes = false;
    for (byte b : json) {
      if (b == 0) {
        throw new Malformed("not well-formed JSON in UTF-8: it has a NUL", new IllegalArgumentException("NUL"));
      }
      ascii &= b >= 0;
      escapes |= b == '\\';
    }
    if (!ascii) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
      } catch (CharacterCodingException e) {
        throw new Malformed("not well-formed UTF-8", e);
      }
    }
    if (escapes) {
      refuseLoneSurrogates(json);
    }
  }

  /**
   * Half a character, written as an escape, makes a text that no encoder can write again: not to the database, not in the answer
   * (RFC 8259 section 8.2). What is no escape at all is left to the parser.
   */
  private static void refuseLoneSurrogates(byte[] json) throws Malformed {
    for (int i = 0; i < json.length; i++) {
      if (json[i] != '\\') {
        continue;
      }
      int unit = escaped(json, i);
      if (unit < 0) {
        // Over the second character, which may be a backslash that escapes nothing.
        i++;
        continue;
      }
      if (Character.isSurrogate((char) unit)) {
        int low = escaped(json, i + 6);
        if (!Character.isHighSurrogate((char) unit) || low < 0 || !Character.isLowSurrogate((char) low)) {
          throw new Malformed("half a surrogate pair stands alone in a text, at byte " + i, new IllegalArgumentException());
        }
        i += 6;
      }
      i += 5;
    }
  }

  /** The code unit that is written as an escape of six characters here; -1 if there is none. */
  private static int escaped(byte[] json, int at) {
    if (at + 6 > json.length || json[at] != '\\' || json[at + 1] != 'u') {
      return -1;
    }
    int unit = 0;
    for (int i = at + 2; i < at + 6; i++) {
      int digit = Character.digit(json[i], 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  /** What is wrong and where, in words that name the client's JSON and not our classes. */
  private static String explain(JacksonException e) {
    String place = e instanceof DatabindException ? member(e) : position(e.getLocation());
    return switch (e) {
      case UnrecognizedPropertyException unknown -> "unknown member \"" + shorten(unknown.getPropertyName()) + "\"";
      case ValueInstantiationException refused -> reason(refused).map(reason -> reason + place).orElse("refused" + place);
      case InvalidFormatException format ->
          "not the kind of value that is needed: \"" + shorten(String.valueOf(format.getValue())) + "\"" + place;
      case MismatchedInputException mismatched -> "not the kind of value that is needed" + place;
      case InputCoercionException number -> "a number is out of range" + member(number);
      default -> "not well-formed JSON" + place;
    };
  }

  private static Optional<String> reason(ValueInstantiationException e) {
    return e.getCause() instanceof IllegalArgumentException cause
        ? Optional.ofNullable(cause.getMessage()) : Optional.empty();
  }

  private static String member(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      String name = step.getPropertyName();
      path.append(name == null ? "[" + step.getIndex() + "]" : path.isEmpty() ? name : "." + name);
    }
    return path.isEmpty() ? position(e.getLocation()) : " at \"" + path + "\"";
  }

  private static String position(@Nullable TokenStreamLocation location) {
    return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  private static String shorten(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
