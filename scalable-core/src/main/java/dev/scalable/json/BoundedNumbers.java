package dev.scalable.json;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.util.JsonParserDelegate;

/**
 * Refuses numbers that do harm. One that a {@code double} or {@code float} cannot hold would become infinite, and what
 * is infinite cannot be written as JSON again (RFC 8259 section 6). One with a huge exponent is small as it is sent and
 * as a {@code BigDecimal}, and takes gigabytes when something is added to it or its scale is set.
 */
final class BoundedNumbers extends JsonParserDelegate {

  /** As many digits as Jackson reads of a number. */
  private static final int GREATEST_EXPONENT = 1_000;

  BoundedNumbers(JsonParser json) {
    super(json);
  }

  @Override
  public @Nullable JsonToken nextToken() {
    JsonToken token = super.nextToken();
    if (token == JsonToken.VALUE_NUMBER_FLOAT && exponent() > GREATEST_EXPONENT) {
      throw new InputCoercionException(this, "a number with an exponent beyond " + GREATEST_EXPONENT, token,
          BigDecimal.class);
    }
    return token;
  }

  /** The exponent of the present number without its sign, or any greater one if that is beyond what is accepted. */
  private int exponent() {
    char[] text = getStringCharacters();
    int end = getStringOffset() + getStringLength();
    int exponent = 0;
    boolean found = false;
    for (int i = getStringOffset(); i < end && exponent <= GREATEST_EXPONENT; i++) {
      if (found && text[i] >= '0' && text[i] <= '9') {
        exponent = exponent * 10 + text[i] - '0';
      }
      found |= text[i] == 'e' || text[i] == 'E';
    }
    return exponent;
  }

  @Override
  public double getDoubleValue() {
    double number = super.getDoubleValue();
    require(Double.isFinite(number), double.class);
    return number;
  }

  @Override
  public float getFloatValue() {
    float number = super.getFloatValue();
    require(Float.isFinite(number), float.class);
    return number;
  }

  @Override
  public Number getNumberValue() {
    Number number = super.getNumberValue();
    if (number instanceof Double || number instanceof Float) {
      require(Double.isFinite(number.doubleValue()), number.getClass());
    }
    return number;
  }

  private void require(boolean finite, Class<?> type) {
    if (!finite) {
      throw new InputCoercionException(this, "a number that is infinite as a " + type, currentToken(), type);
    }
  }
}
