package dev.scalable.json;

import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.util.JsonParserDelegate;

/**
 * Refuses a number that a {@code double} or {@code float} cannot hold. Java would make it infinite, and what is
 * infinite cannot be written as JSON again (RFC 8259 section 6).
 */
final class FiniteNumbers extends JsonParserDelegate {

  FiniteNumbers(JsonParser json) {
    super(json);
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
