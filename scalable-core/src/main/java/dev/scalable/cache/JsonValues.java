package dev.scalable.cache;

import dev.scalable.http.JsonCodec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Values as JSON, with a mark of the shape of their type: bytes written by a version of the service with another shape
 * are a miss, and not an error.
 *
 * @param <V> type of the value
 */
final class JsonValues<V> implements Codec<V> {

  private final Class<V> type;
  private final JsonCodec json;
  private final int shape;

  JsonValues(Class<V> type, JsonCodec json) {
    this.type = type;
    this.json = json;
    this.shape = shape(type);
  }

  private static int shape(Class<?> type) {
    StringBuilder text = new StringBuilder();
    describe(type, text, new HashSet<>());
    return text.toString().hashCode();
  }

  /** Writes down a type and all that it is made of: a nested record that has changed is another shape as well. */
  private static void describe(Type type, StringBuilder text, Set<Type> seen) {
    text.append(type.getTypeName()).append(' ');
    if (!seen.add(type)) {
      return;
    }
    switch (type) {
      case ParameterizedType generic -> {
        describe(generic.getRawType(), text, seen);
        for (Type argument : generic.getActualTypeArguments()) {
          describe(argument, text, seen);
        }
      }
      case Class<?> array when array.isArray() -> describe(array.getComponentType(), text, seen);
      case Class<?> record when record.isRecord() -> {
        for (RecordComponent component : record.getRecordComponents()) {
          text.append(component.getName()).append(' ');
          describe(component.getGenericType(), text, seen);
        }
      }
      case Class<?> enumeration when enumeration.isEnum() ->
          text.append(Arrays.toString(enumeration.getEnumConstants()));
      default -> { }
    }
  }

  /** A mark that changes with the type's name, its record components and constants, and theirs in turn. */
  @Override
  public int schema() {
    return shape;
  }

  @Override
  public byte[] encode(V value) {
    return json.encode(value);
  }

  @Override
  public V decode(byte[] bytes) throws JsonCodec.Malformed {
    return json.decode(bytes, type);
  }
}
