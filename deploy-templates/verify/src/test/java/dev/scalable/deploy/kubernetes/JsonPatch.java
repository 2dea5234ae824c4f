package dev.scalable.deploy.kubernetes;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Patches of RFC 6902: add, replace, remove and test. */
final class JsonPatch {

  private JsonPatch() {}

  /**
   * Changes a document.
   *
   * @throws Mistake if an operation has no place to work on, or a test fails
   */
  static void apply(List<Node> operations, Node.Mapping document) {
    for (Node operation : operations) {
      String path = operation.text("path").orElseThrow(() -> new Mistake(operation.place(), "has no path"));
      String[] steps = Arrays.stream(path.substring(1).split("/", -1))
          .map(step -> step.replace("~1", "/").replace("~0", "~")).toArray(String[]::new);
      apply(operation, path, steps, document);
    }
  }

  private static void apply(Node operation, String path, String[] steps, Node.Mapping document) {
    String op = operation.text("op").orElse("none");
    String last = steps[steps.length - 1];
    String[] above = Arrays.copyOf(steps, steps.length - 1);
    Node parent = document.at(above)
        .orElseThrow(() -> new Mistake(operation.place(), "there is nothing above " + path + " in what it patches"));
    boolean exists = document.at(steps).isPresent();
    if (!op.equals("add") && !exists) {
      throw new Mistake(operation.place(), "there is no " + path + " in what it patches");
    }
    switch (op) {
      case "add", "replace" -> put(operation, parent, last, value(operation), op.equals("add"));
      case "remove" -> remove(parent, last);
      case "test" -> {
        if (!Objects.equals(document.at(steps).orElseThrow().plain(), value(operation).plain())) {
          throw new Mistake(operation.place(), path + " is not " + value(operation).plain() + " in what it patches");
        }
      }
      default -> throw new Mistake(operation.place(), "the operation " + op + " is none that this renderer knows");
    }
  }

  private static Node value(Node operation) {
    return operation.at("value").orElseThrow(() -> new Mistake(operation.place(), "has no value")).copy();
  }

  private static void put(Node operation, Node parent, String last, Node value, boolean insert) {
    switch (parent) {
      case Node.Mapping map -> map.entries().put(last, value);
      case Node.Sequence list when last.equals("-") -> list.items().add(value);
      case Node.Sequence list when insert -> list.items().add(Integer.parseInt(last), value);
      case Node.Sequence list -> list.items().set(Integer.parseInt(last), value);
      case Node.Scalar scalar -> throw new Mistake(operation.place(), "patches inside a value that has no inside");
    }
  }

  private static void remove(Node parent, String last) {
    switch (parent) {
      case Node.Mapping map -> map.entries().remove(last);
      case Node.Sequence list -> list.items().remove(Integer.parseInt(last));
      case Node.Scalar scalar -> throw new IllegalStateException("a value has no entries");
    }
  }
}
