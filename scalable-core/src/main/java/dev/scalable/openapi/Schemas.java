package dev.scalable.openapi;

import static dev.scalable.openapi.Document.ordered;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schemas (2020-12) of types. A record becomes a component of its own, to which others refer, so that one that
 * holds itself has an end. Not safe for use by many threads.
 */
final class Schemas {

  private static final Map<Class<?>, Map<String, Object>> SIMPLE = simple();

  private final Function<Shape, String> names;
  private final Map<Shape, Map<String, Object>> records = new LinkedHashMap<>();

  /** Schemas whose records have these names. */
  Schemas(Function<Shape, String> names) {
    this.names = names;
  }

  private static Map<Class<?>, Map<String, Object>> simple() {
    Map<Class<?>, Map<String, Object>> all = new LinkedHashMap<>();
    Stream.of(boolean.class, Boolean.class).forEach(type -> all.put(type, Map.of("type", "boolean")));
    Stream.of(byte.class, Byte.class, short.class, Short.class, int.class, Integer.class, OptionalInt.class)
        .forEach(type -> all.put(type, ordered("type", "integer", "format", "int32")));
    Stream.of(long.class, Long.class, OptionalLong.class)
        .forEach(type -> all.put(type, ordered("type", "integer", "format", "int64")));
    Stream.of(float.class, Float.class).forEach(type -> all.put(type, ordered("type", "number", "format", "float")));
    Stream.of(double.class, Double.class, OptionalDouble.class)
        .forEach(type -> all.put(type, ordered("type", "number", "format", "double")));
    all.put(BigInteger.class, Map.of("type", "integer"));
    all.put(BigDecimal.class, Map.of("type", "number"));
    Stream.of(String.class, CharSequence.class).forEach(type -> all.put(type, Map.of("type", "string")));
    Stream.of(char.class, Character.class)
        .forEach(type -> all.put(type, ordered("type", "string", "minLength", 1, "maxLength", 1)));
    all.put(byte[].class, ordered("type", "string", "contentEncoding", "base64"));
    all.put(UUID.class, string("uuid"));
    all.put(URI.class, string("uri-reference"));
    Stream.of(Instant.class, OffsetDateTime.class).forEach(type -> all.put(type, string("date-time")));
    all.put(LocalDate.class, string("date"));
    all.put(Duration.class, string("duration"));
    // A time zone in brackets may follow, which no format permits.
    all.put(ZonedDateTime.class, Map.of("type", "string"));
    return all;
  }

  private static Map<String, Object> string(String format) {
    return ordered("type", "string", "format", format);
  }

  /** The schema of a type; a reference if it is a record. */
  Map<String, Object> of(Type type) {
    return of(Shape.of(type, Map.of()));
  }

  /** The records that were met, by name. */
  Map<String, Object> components() {
    Map<String, Object> components = new TreeMap<>();
    records.forEach((shape, schema) -> components.put(names.apply(shape), schema));
    return components;
  }

  /** Names of the records that were met: without packages where one alone has that name, and it is not a taken one. */
  Function<Shape, String> shortNames(String taken) {
    Map<String, Long> uses = records.keySet().stream()
        .collect(Collectors.groupingBy(Shape::shortName, Collectors.counting()));
    return shape -> {
      String name = shape.shortName();
      return name.equals(taken) || uses.getOrDefault(name, 0L) > 1 ? shape.toString() : name;
    };
  }

  private Map<String, Object> of(Shape shape) {
    Class<?> raw = shape.raw();
    Map<String, Object> simple = SIMPLE.get(raw);
    if (simple != null) {
      return isAbsentable(raw) ? orNull(simple) : simple;
    }
    if (raw == Optional.class) {
      return orNull(of(shape.argument(0)));
    }
    if (raw.isRecord()) {
      return record(shape);
    }
    if (raw.isEnum()) {
      return ordered("type", "string", "enum", constants(raw));
    }
    if (raw.isArray()) {
      return ordered("type", "array", "items", of(Shape.of(raw.getComponentType(), Map.of())));
    }
    if (Iterable.class.isAssignableFrom(raw) && raw.getTypeParameters().length == 1) {
      Map<String, Object> array = ordered("type", "array", "items", of(shape.argument(0)));
      if (Set.class.isAssignableFrom(raw)) {
        array.put("uniqueItems", true);
      }
      return array;
    }
    if (Map.class.isAssignableFrom(raw)) {
      return ordered("type", "object", "additionalProperties", of(shape.argument(1)));
    }
    if (raw.isSealed()) {
      return ordered("oneOf", Stream.of(raw.getPermittedSubclasses()).map(each -> (Object) of((Type) each)).toList());
    }
    // Any value at all: what is not known is not claimed.
    return ordered();
  }

  private static List<Object> constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(each -> (Object) ((Enum<?>) each).name()).toList();
  }

  private Map<String, Object> record(Shape shape) {
    if (!records.containsKey(shape)) {
      Map<String, Object> schema = new LinkedHashMap<>();
      // Before its components, which may lead back here.
      records.put(shape, schema);
      fill(schema, shape);
    }
    return ordered("$ref", "#/components/schemas/" + names.apply(shape));
  }

  private void fill(Map<String, Object> schema, Shape shape) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<Object> required = new ArrayList<>();
    for (RecordComponent component : shape.raw().getRecordComponents()) {
      Shape type = Shape.of(component.getGenericType(), shape.variables());
      Map<String, Object> value = of(type);
      if (isNullable(component)) {
        value = orNull(value);
      } else if (!isAbsentable(type.raw())) {
        required.add(component.getName());
      }
      properties.put(component.getName(), value);
    }
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
  }

  private static boolean isAbsentable(Class<?> type) {
    return Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class).contains(type);
  }

  /** By an annotation of any library that is called so. */
  private static boolean isNullable(RecordComponent component) {
    return Stream.<AnnotatedElement>of(component, component.getAnnotatedType(), component.getAccessor())
        .flatMap(element -> Arrays.stream(element.getAnnotations()))
        .anyMatch(annotation -> annotation.annotationType().getSimpleName().equals(Nullable.class.getSimpleName()));
  }

  private static Map<String, Object> orNull(Map<String, Object> schema) {
    return schema.isEmpty() ? schema : ordered("anyOf", List.of(schema, Map.of("type", "null")));
  }
}
