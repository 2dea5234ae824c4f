package dev.scalable.server;

import dev.scalable.http.Filter;
import dev.scalable.http.Method;
import dev.scalable.http.Problem;
import dev.scalable.http.Route;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a service as a tree of path segments. Built once at start, which refuses every faulty or duplicate route in one
 * message; immutable from then on.
 */
final class RouteTable {

  private final Node root;

  private RouteTable(Node root) {
    this.root = root;
  }

  /** A place in the tree: what follows it, and what answers right here. */
  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    @Nullable Node parameter;
    final Map<Method, Entry> entries = new EnumMap<>(Method.class);
  }

  /** A route at a node, with the names of its parameters from left to right. */
  private record Entry(Route route, Chain chain, List<String> parameters) {}

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
    Node root = new Node();
    List<String> mistakes = new ArrayList<>();
    routes.forEach(route -> add(root, route, filters, mistakes));
    own.forEach(route -> add(root, route, List.of(), mistakes));
    if (!mistakes.isEmpty()) {
      // Routes come as a set: sorted, the message is the same at every start.
      Collections.sort(mistakes);
      throw new IllegalStateException("The routes have mistakes:\n  - " + String.join("\n  - ", mistakes));
    }
    return new RouteTable(root);
  }

  private static void add(Node root, Route route, List<Filter> filters, List<String> mistakes) {
    String mistake = add(root, route, filters);
    if (mistake != null) {
      mistakes.add(route + " at " + route.declaredAt() + ": " + mistake);
    }
  }

  private static @Nullable String add(Node root, Route route, List<Filter> filters) {
    if (route.method() == Method.OPTIONS) {
      return "OPTIONS is answered for every path already, and a route of its own would never be reached";
    }
    if (!reachable(route.template())) {
      return "no request can have this path: it is written decoded, without empty or dot segments, ';' and '%'";
    }
    Node node = root;
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String segment : route.template().substring(1).split("/", -1)) {
      if (segment.startsWith("{") && segment.endsWith("}") && segment.length() > 2) {
        String name = segment.substring(1, segment.length() - 1);
        if (!seen.add(name)) {
          return "two parameters are called " + name;
        }
        names.add(name);
        if (node.parameter == null) {
          node.parameter = new Node();
        }
        node = node.parameter;
      } else if (segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0) {
        return "the segment \"" + segment + "\" is neither a text nor one parameter in braces";
      } else {
        node = node.literals.computeIfAbsent(segment, literal -> new Node());
      }
    }
    Entry entry = new Entry(route, Chain.of(filters, route.filters()), List.copyOf(names));
    Entry former = node.entries.putIfAbsent(route.method(), entry);
    return former == null ? null
        : "answers the same requests as " + former.route() + " at " + former.route().declaredAt();
  }

  /** Whether {@link RawPath} lets a path through that this template matches. */
  private static boolean reachable(String template) {
    for (String segment : template.substring(1).split("/", -1)) {
      if (segment.equals(".") || segment.equals("..") || segment.indexOf(';') >= 0 || segment.indexOf('%') >= 0) {
        return false;
      }
    }
    return !template.contains("//");
  }

  /**
   * Finds what answers a request.
   *
   * @param method the method; HEAD finds a GET route where there is no route of its own
   * @param path the path as {@link RawPath#of} leaves it
   * @throws Problem 404 if nothing has this path, 405 with Allow if only other methods have, 400 if it cannot be decoded
   */
  Match find(Method method, String path) {
    List<String> values = new ArrayList<>();
    Node node = walk(path, values);
    Entry entry = entry(node, method);
    if (entry == null) {
      throw Problem.of(405, "Method Not Allowed", method + " is not allowed at " + path).header("Allow", allow(node));
    }
    return new Match(entry.route(), entry.chain(), parameters(entry, values));
  }

  /** The value of the Allow header for a path (RFC 9110 section 10.2.1); throws a 404 problem if nothing has this path. */
  String allowed(String path) {
    return allow(walk(path, new ArrayList<>()));
  }

  private static @Nullable Entry entry(Node node, Method method) {
    Entry entry = node.entries.get(method);
    return entry == null && method == Method.HEAD ? node.entries.get(Method.GET) : entry;
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

  private Node walk(String path, List<String> values) {
    Node node = walk(root, path, 1, values);
    if (node == null) {
      throw Problem.notFound("There is nothing at " + path);
    }
    return node;
  }

  /** The node for the rest of a path: the literal branch first, the parameter's if that leads nowhere. */
  private static @Nullable Node walk(Node node, String path, int from, List<String> values) {
    if (from > path.length()) {
      return node.entries.isEmpty() ? null : node;
    }
    int slash = path.indexOf('/', from);
    int end = slash < 0 ? path.length() : slash;
    String segment = RawPath.decode(path.substring(from, end), false);
    Node literal = node.literals.get(segment);
    Node found = literal == null ? null : walk(literal, path, end + 1, values);
    if (found == null && node.parameter != null && !segment.isEmpty()) {
      int depth = values.size();
      values.add(segment);
      found = walk(node.parameter, path, end + 1, values);
      if (found == null) {
        values.subList(depth, values.size()).clear();
      }
    }
    return found;
  }

  private static Map<String, String> parameters(Entry entry, List<String> values) {
    if (values.isEmpty()) {
      return Map.of();
    }
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      parameters.put(entry.parameters().get(i), values.get(i));
    }
    return parameters;
  }
}
