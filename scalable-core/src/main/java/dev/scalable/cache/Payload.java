package dev.scalable.cache;

import dev.scalable.http.JsonCodec;
import java.lang.reflect.RecordComponent;
import java.util.Optional;
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
    StringBuilder text = new StringBuilder(type.getName());
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        text.append(' ').append(component.getGenericType()).append(' ').append(component.getName());
      }
    }
    return text.toString().hashCode();
  }

  /** A mark that changes with the type's name or record components. */
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
