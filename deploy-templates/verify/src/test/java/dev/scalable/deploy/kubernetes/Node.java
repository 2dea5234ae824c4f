package dev.scalable.deploy.kubernetes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A part of a YAML document that knows where it was written, also after patches have moved it. */
public sealed interface Node {

  Place place();

  Node copy();

  /** The same as maps, lists, texts, numbers and truth values. */
  @Nullable Object plain();

  /**
   * A text, number, truth value or nothing.
   *
   * @param value a String, Number, Boolean or null
   */
  record Scalar(Place place, @Nullable Object value) implements Node {

    @Override
    public Node copy() {
      return this;
    }

    @Override
    public @Nullable Object plain() {
      return value;
    }
  }

  /** A list; its items may be changed. */
  record Sequence(Place place, List<Node> items) implements Node {

    @Override
    public Node copy() {
      return new Sequence(place, new ArrayList<>(items.stream().map(Node::copy).toList()));
    }

    @Override
    public Object plain() {
      return new ArrayList<>(items.stream().map(Node::plain).toList());
    }
  }

  /** A map; its entries may be changed. */
  record Mapping(Place place, Map<String, Node> entries) implements Node {

    public Mapping(Place place) {
      this(place, new LinkedHashMap<>());
    }

    @Override
    public Mapping copy() {
      Map<String, Node> copies = new LinkedHashMap<>();
      entries.forEach((key, value) -> copies.put(key, value.copy()));
      return new Mapping(place, copies);
    }

    @Override
    public Map<String, @Nullable Object> plain() {
      Map<String, @Nullable Object> plain = new LinkedHashMap<>();
      entries.forEach((key, value) -> plain.put(key, value.plain()));
      return plain;
    }

    /** The map under a key, made if there is none. */
    public Mapping child(String key) {
      return (Mapping) entries.computeIfAbsent(key, absent -> new Mapping(place));
    }
  }

  /** What stands below, by keys and, in lists, indexes. */
  default Optional<Node> at(String... path) {
    Node node = this;
    for (String step : path) {
      Node next = switch (node) {
        case Mapping map -> map.entries().get(step);
        case Sequence list when step.matches("\\d{1,6}") && Integer.parseInt(step) < list.items().size() ->
            list.items().get(Integer.parseInt(step));
        default -> null;
      };
      if (next == null) {
        return Optional.empty();
      }
      node = next;
    }
    return Optional.of(node);
  }

  /** The text, number or truth value below, as text; empty where there is none. */
  default Optional<String> text(String... path) {
    return at(path).flatMap(node -> node instanceof Scalar(Place place, Object value) && value != null
        ? Optional.of(value.toString()) : Optional.empty());
  }

  /** The whole number below. */
  default Optional<Integer> number(String... path) {
    return text(path).filter(text -> text.matches("-?\\d{1,9}")).map(Integer::valueOf);
  }

  /** The items of the list below; none where there is none. */
  default List<Node> items(String... path) {
    return at(path).map(node -> node instanceof Sequence list ? list.items() : List.<Node>of()).orElse(List.of());
  }

  /** The texts of the map below; none where there is none. */
  default Map<String, String> texts(String... path) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (at(path).orElse(null) instanceof Mapping map) {
      map.entries().forEach((key, value) -> texts.put(key, value.text().orElse("")));
    }
    return texts;
  }

  /** This and all that is below. */
  default Stream<Node> all() {
    return Stream.concat(Stream.of(this), switch (this) {
      case Mapping map -> map.entries().values().stream().flatMap(Node::all);
      case Sequence list -> list.items().stream().flatMap(Node::all);
      case Scalar scalar -> Stream.empty();
    });
  }

  /** Where what stands below was written, or the nearest thing above it. */
  default Place placeOf(String... path) {
    Node nearest = this;
    for (int length = 1; length <= path.length; length++) {
      Optional<Node> deeper = at(Arrays.copyOf(path, length));
      if (deeper.isEmpty()) {
        break;
      }
      nearest = deeper.get();
    }
    return nearest.place();
  }
}
