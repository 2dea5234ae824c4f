package dev.scalable.openapi;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A class and its type arguments, all of them known. An array of generic elements is taken for a list of them.
 *
 * @param raw the class
 * @param arguments its type arguments; empty when it has none, or they were not given
 */
record Shape(Class<?> raw, List<Shape> arguments) {

  /** The shape of a type; what a type variable stands for is taken from where it is used. */
  static Shape of(Type type, Map<TypeVariable<?>, Shape> variables) {
    return switch (type) {
      case Class<?> raw -> new Shape(raw, List.of());
      case ParameterizedType generic -> new Shape((Class<?>) generic.getRawType(),
          Stream.of(generic.getActualTypeArguments()).map(argument -> of(argument, variables)).toList());
      case GenericArrayType array -> new Shape(List.class, List.of(of(array.getGenericComponentType(), variables)));
      case WildcardType wildcard -> of(wildcard.getUpperBounds()[0], variables);
      case TypeVariable<?> variable -> variables.getOrDefault(variable, new Shape(Object.class, List.of()));
      default -> new Shape(Object.class, List.of());
    };
  }

  /** What the type variables of the class stand for. */
  Map<TypeVariable<?>, Shape> variables() {
    TypeVariable<?>[] names = raw.getTypeParameters();
    Map<TypeVariable<?>, Shape> variables = new HashMap<>();
    for (int i = 0; i < Math.min(names.length, arguments.size()); i++) {
      variables.put(names[i], arguments.get(i));
    }
    return variables;
  }

  /** A type argument; anything if it was not given. */
  Shape argument(int index) {
    return index < arguments.size() ? arguments.get(index) : new Shape(Object.class, List.of());
  }

  /** Name without packages and without characters that a component's name must not have. */
  String shortName() {
    return raw.getSimpleName()
        + arguments.stream().map(argument -> "_" + argument.shortName()).collect(Collectors.joining());
  }

  /** As {@link #shortName()}, with packages. */
  @Override
  public String toString() {
    return raw.getName().replace('$', '.')
        + arguments.stream().map(argument -> "_" + argument).collect(Collectors.joining());
  }
}
