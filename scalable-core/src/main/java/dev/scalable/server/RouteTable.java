package dev.scalable.server;

import dev.scalable.http.Filter;
import dev.scalable.http.Method;
import dev.scalable.http.Problem;
import dev.scalable.http.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a service. A path without parameters is one look into a hash table; any other is walked down a tree of path
 * segments, and each of its segments is decoded once. Neither grows with the number of routes. Built once at start, which refuses
 * every faulty or duplicate route in one message; immutable from then on.
 *
 * <p>At each segment a literal wins over a parameter, and a parameter over one that takes the rest; the loser is tried where the
 * winner leads nowhere. The method has no say in it: a path has one place in the table, and the methods of that place.
 */
final class RouteTable {

  private final Map<String, Node> exact;
  private final Node root;

  private RouteTable(Map<String, Node> exact, Node root) {
    this.exact = exact;
    this.root = root;
  }

  /** A place in the tree: what follows it, and what answers right here. */
  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    @Nullable Node parameter;
    @Nullable Node rest;
    final Map<Method, Entry> entries = new EnumMap<>(Method.class);
  }

  /** A route at a node, with the names of its parameters from left to right; and what it matches, if it has none. */
  private record Entry(List<String> parameters, Match match) {}

  /**
   * A route that answers a path.
   *
   * @param route the route
   * @param chain all filters that its requests pass
   * @param parameters its parameters' values, decoded, by name
   */
  record Match(Route route, Chain chain, Map<String, String> parameters) {}

  /**
   * Builds the table.
   *
   * @param routes the routes of the app
   * @param filters the filters of these routes, outermost first
   * @param own routes of the server, which those filters do not concern
   * @throws IllegalStateException if any template is malformed or two routes answer the same; the message lists all of them
   */
  static RouteTable of(Collection<Route> routes, List<Filter> filters, Collection<Route> own) {
    RouteTable table = new RouteTable(new HashMap<>(), new Node());
    List<String> mistakes = new ArrayList<>();
    routes.forEach(route -> table.add(route, filters, mistakes));
    own.forEach(route -> table.add(route, List.of(), mistakes));
    if (!mistakes.isEmpty()) {
      // Routes come as a set: sorted, the message is the same at every start.
      Collections.sort(mistakes);
      throw new IllegalStateException("The routes have mistakes:\n  - " + String.join("\n  - ", mistakes));
    }
    return table;
  }

  private void add(Route route, List<Filter> filters, List<String> mistakes) {
    try {
      add(route, filters);
    } catch (IllegalArgumentException mistake) {
      mistakes.add(route + " at " + route.declaredAt() + ": " + mistake.getMessage());
    }
  }

  private void add(Route route, List<Filter> filters) {
    if (route.method() == Method.OPTIONS) {
      throw new IllegalArgumentException("OPTIONS is answered for every path already, and a route of its own would never be reached");
    }
    PathTemplate template = PathTemplate.of(route.template());
    Node node = root;
    for (PathTemplate.Segment segment : template.segments()) {
      node = below(node, segment);
    }
    Entry former = node.entries.putIfAbsent(route.method(),
        new Entry(template.parameters(), new Match(route, Chain.of(filters, route.filters()), Map.of())));
    if (former != null) {
      Route other = former.match().route();
      throw new IllegalArgumentException("answers the same requests as " + other + " at " + other.declaredAt());
    }
    if (template.exact()) {
      exact.put(route.template(), node);
    }
  }

  private static Node below(Node node, PathTemplate.Segment segment) {
    return switch (segment) {
      case PathTemplate.Segment.Literal literal -> node.literals.computeIfAbsent(literal.text(), text -> new Node());
      case PathTemplate.Segment.Parameter parameter -> {
        Node next = node.parameter == null ? new Node() : node.parameter;
        node.parameter = next;
        yield next;
      }
      case PathTemplate.Segment.Rest rest -> {
        Node next = node.rest == null ? new Node() : node.rest;
        node.rest = next;
        yield next;
      }
    };
  }

  /**
   * Finds what answers a request.
   *
   * @param method the method; HEAD finds a GET route where there is no route of its own
   * @param path the path as {@link RawPath#of} leaves it
   * @throws Problem 404 if nothing has this path, 405 with Allow if only other methods have, 400 if it cannot be decoded
   */
  Match find(Method method, String path) {
    Node node = exact.get(path);
    if (node != null) {
      return entry(node, method, path).match();
    }
    String[] segments = segments(path);
    String[] values = new String[segments.length];
    Entry entry = entry(walk(path, segments, values), method, path);
    Match match = entry.match();
    return new Match(match.route(), match.chain(), parameters(entry.parameters(), values));
  }

  /** The value of the Allow header for a path (RFC 9110 section 10.2.1); throws a 404 problem if nothing has this path. */
  String allowed(String path) {
    Node node = exact.get(path);
    if (node != null) {
      return allow(node);
    }
    String[] segments = segments(path);
    return allow(walk(path, segments, new String[segments.length]));
  }

  private static Entry entry(Node node, Method method, String path) {
    Entry entry = node.entries.get(method);
    if (entry == null && method == Method.HEAD) {
      entry = node.entries.get(Method.GET);
    }
    if (entry == null) {
      throw Problem.of(405, "Method Not Allowed", method + " is not allowed at " + path).header("Allow", allow(node));
    }
    return entry;
  }

  private static String allow(Node node) {
    EnumSet<Method> methods = EnumSet.of(Method.OPTIONS);
    methods.addAll(node.entries.keySet());
    if (methods.contains(Method.GET)) {
      methods.add(Method.HEAD);
    }
    StringJoiner names = new StringJoiner(", ");
    methods.forEach(method -> names.add(method.name()));
    return names.toString();
  }

  /** The segments of a path, decoded before any is looked at: what cannot be decoded is a 400 wherever it stands. */
  private static String[] segments(String path) {
    int count = 0;
    for (int slash = 0; slash >= 0; slash = path.indexOf('/', slash + 1)) {
      count++;
    }
    String[] segments = new String[count];
    int from = 1;
    for (int i = 0; i < count; i++) {
      int slash = path.indexOf('/', from);
      int end = slash < 0 ? path.length() : slash;
      segments[i] = RawPath.decode(path.substring(from, end), false);
      from = end + 1;
    }
    return segments;
  }

  private Node walk(String path, String[] segments, @Nullable String[] values) {
    Node node = walk(root, segments, 0, values, 0);
    if (node == null) {
      throw Problem.notFound("There is nothing at " + path);
    }
    return node;
  }

  /** The node for the segments that are left. A value is written again where the way to the first one led nowhere. */
  private static @Nullable Node walk(Node node, String[] segments, int at, @Nullable String[] values, int depth) {
    if (at == segments.length) {
      return node.entries.isEmpty() ? null : node;
    }
    String segment = segments[at];
    Node literal = node.literals.get(segment);
    Node found = literal == null ? null : walk(literal, segments, at + 1, values, depth);
    if (found == null && node.parameter != null && !segment.isEmpty()) {
      values[depth] = segment;
      found = walk(node.parameter, segments, at + 1, values, depth + 1);
    }
    if (found == null && node.rest != null) {
      values[depth] = String.join("/", Arrays.asList(segments).subList(at, segments.length));
      found = node.rest;
    }
    return found;
  }

  private static Map<String, String> parameters(List<String> names, String[] values) {
    return switch (names.size()) {
      case 0 -> Map.of();
      case 1 -> Map.of(names.get(0), values[0]);
      case 2 -> Map.of(names.get(0), values[0], names.get(1), values[1]);
      default -> {
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
          parameters.put(names.get(i), values[i]);
        }
        yield parameters;
      }
    };
  }
}
