package dev.scalable.http;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A type with its type arguments, which a {@code Class} cannot name: {@code new BodyType<List<Item>>() {}}.
 *
 * @param <T> the type
 */
public abstract class BodyType<T> {

  private final Type type;

  /**
   * Reads the type from the subclass that the braces make.
   *
   * @throws IllegalStateException if the type argument is left out or is itself a type variable
   */
  protected BodyType() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)
        || parameterized.getRawType() != BodyType.class) {
      throw new IllegalStateException("Name the type: new BodyType<List<Item>>() {}");
    }
    type = parameterized.getActualTypeArguments()[0];
    if (!(type instanceof Class<?> || type instanceof ParameterizedType)) {
      throw new IllegalStateException("The type must be a class or a class with arguments, and " + type + " is neither");
    }
  }

  private BodyType(Class<T> type) {
    this.type = type;
  }

  /**
   * A type that has no arguments.
   *
   * @param type the class
   * @param <T> the type
   */
  public static <T> BodyType<T> of(Class<T> type) {
    return new BodyType<>(type) {};
  }

  /** The type. */
  public final Type type() {
    return type;
  }
}
