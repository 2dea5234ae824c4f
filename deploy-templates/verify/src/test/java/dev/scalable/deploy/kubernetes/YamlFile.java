package dev.scalable.deploy.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads YAML as the tools of Kubernetes do, and refuses what they would read otherwise than it looks. */
public final class YamlFile {

  /** Truth values and octal numbers of YAML 1.1, which Kubernetes' reader still knows. */
  private static final Pattern OLD = Pattern.compile("(?i)y|n|yes|no|on|off|0\\d+|\\d+(:\\d\\d)+");

  private final Path file;

  private YamlFile(Path file) {
    this.file = file;
  }

  /**
   * The documents of a file; empty ones are left out.
   *
   * @param root what {@code file} is relative to
   * @throws Mistake if it is no YAML, or has a key twice or a word that YAML 1.1 takes for something else
   */
  public static List<Node.Mapping> documents(Path root, Path file) {
    List<Node.Mapping> documents = new ArrayList<>();
    for (Node node : any(root, file)) {
      if (node instanceof Node.Mapping map) {
        documents.add(map);
      } else if (!(node instanceof Node.Scalar(Place place, Object value)) || value != null) {
        throw new Mistake(node.place(), "a document that is no map");
      }
    }
    return documents;
  }

  /** As {@link #documents}, of documents that need not be maps. */
  public static List<Node> any(Path root, Path file) {
    try {
      return any(file, Files.readString(root.resolve(file)), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The documents of a text that stands in a file.
   *
   * @param linesBefore how many lines of the file are above it
   */
  public static List<Node> any(Path file, String text, int linesBefore) {
    return new YamlFile(file).nodes(text, linesBefore);
  }

  private List<Node> nodes(String text, int linesBefore) {
    List<Node> nodes = new ArrayList<>();
    try {
      new Compose(LoadSettings.builder().build()).composeAllFromString(text)
          .forEach(node -> nodes.add(node(node, linesBefore)));
    } catch (MarkedYamlEngineException e) {
      throw new Mistake(place(e.getProblemMark().orElse(null), linesBefore), "is no YAML: " + e.getProblem());
    }
    return nodes;
  }

  private Node node(org.snakeyaml.engine.v2.nodes.Node node, int linesBefore) {
    Place place = place(node.getStartMark().orElse(null), linesBefore);
    return switch (node) {
      case MappingNode map -> mapping(map, place, linesBefore);
      case SequenceNode list ->
          new Node.Sequence(place, new ArrayList<>(list.getValue().stream().map(item -> node(item, linesBefore))
              .toList()));
      case ScalarNode scalar -> new Node.Scalar(place, value(scalar, place));
      default -> throw new Mistake(place, "is neither a map, a list nor a value");
    };
  }

  private Node.Mapping mapping(MappingNode node, Place place, int linesBefore) {
    Node.Mapping map = new Node.Mapping(place);
    for (NodeTuple entry : node.getValue()) {
      String key = ((ScalarNode) entry.getKeyNode()).getValue();
      Place keyPlace = place(entry.getKeyNode().getStartMark().orElse(null), linesBefore);
      Node value = node(entry.getValueNode(), linesBefore);
      // A value that is a block is meant by its key.
      Node kept = switch (value) {
        case Node.Mapping child -> new Node.Mapping(keyPlace, child.entries());
        case Node.Sequence child -> new Node.Sequence(keyPlace, child.items());
        case Node.Scalar child -> new Node.Scalar(keyPlace, child.value());
      };
      if (map.entries().put(key, kept) != null) {
        throw new Mistake(keyPlace, "has the key " + key + " a second time");
      }
    }
    return map;
  }

  private static @Nullable Object value(ScalarNode node, Place place) {
    String text = node.getValue();
    if (node.getScalarStyle() != ScalarStyle.PLAIN) {
      return text;
    }
    if (OLD.matcher(text).matches() && !text.equals("0")) {
      throw new Mistake(place, text + " means something else in YAML 1.1: put it into quotes, or write what is meant");
    }
    Tag tag = node.getTag();
    if (tag.equals(Tag.NULL)) {
      return null;
    }
    if (tag.equals(Tag.BOOL)) {
      return Boolean.valueOf(text);
    }
    if (tag.equals(Tag.INT)) {
      return Integer.valueOf(text);
    }
    return tag.equals(Tag.FLOAT) ? (Object) Double.valueOf(text) : text;
  }

  private Place place(@Nullable Mark mark, int linesBefore) {
    return mark == null ? Place.of(file) : new Place(file, mark.getLine() + 1 + linesBefore, mark.getColumn() + 1);
  }
}
