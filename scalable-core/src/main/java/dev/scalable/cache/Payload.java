package dev.scalable.cache;

import dev.scalable.http.JsonCodec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value as bytes, with a mark of the shape of its type: bytes written by a version of the service with another shape are a miss,
 * and not an error.
 *
 * @param <V> type of the value
 */
final class Payload<V> {

  private static final Logger log = LoggerFactory.getLogger(Payload.class);

  private final Class<V> type;
  private final JsonCodec json;
  private final int shape;

  Payload(Class<V> type, JsonCodec json) {
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
      case Class<?> enumeration when enumeration.isEnum() -> text.append(Arrays.toString(enumeration.getEnumConstants()));
      default -> { }
    }
  }

  /** A mark that changes with the type's name, its record components and constants, and theirs in turn. */
  int shape() {
    return shape;
  }

  byte[] encode(@Nullable V value) {
    return value == null ? new byte[0] : json.encode(value);
  }

  /** The value; empty when the bytes are not one. */
  Optional<V> decode(byte[] bytes) {
    try {
      return Optional.of(json.decode(bytes, type));
    } catch (JsonCodec.Malformed e) {
      log.warn("A cached {} cannot be read and counts as a miss: {}", type.getSimpleName(), e.getMessage());
      return Optional.empty();
    }
  }
}
