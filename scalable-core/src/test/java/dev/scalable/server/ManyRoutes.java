package dev.scalable.server;

import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.util.List;
import java.util.stream.IntStream;

/** A table of routes as an app has them, and paths that they answer: by turns without a parameter, with one and with two. */
record ManyRoutes(RouteTable table, List<String> paths) {

  static ManyRoutes of(int templates) {
    List<Route> routes = IntStream.range(0, templates)
        .mapToObj(i -> Route.get(path(i, "{id}", "{part}"), r -> Response.noContent())).toList();
    return new ManyRoutes(RouteTable.of(routes, List.of(), List.of()),
        IntStream.range(0, templates).mapToObj(i -> path(i, "4711", "a-part")).toList());
  }

  private static String path(int i, String id, String part) {
    // Texts of one length, so that what is allocated for a path does not depend on its number.
    String thing = "/v1/area-" + (10 + i % 20) + "/things-" + (1_000 + i);
    return switch (i % 3) {
      case 0 -> thing;
      case 1 -> thing + "/" + id;
      default -> thing + "/" + id + "/parts/" + part;
    };
  }

  int size() {
    return paths.size();
  }

  /** One of the paths; consecutive numbers are given ones that are far from each other. */
  String path(int number) {
    return paths.get((int) (number * 7L % paths.size()));
  }
}
