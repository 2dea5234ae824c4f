package dev.scalable.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.http.Handler;
import dev.scalable.http.Method;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteTableTest {

  private static final Handler HANDLER = r -> Response.noContent();

  private static RouteTable table(List<Route> routes) {
    return RouteTable.of(routes, List.of(), List.of());
  }

  @Test
  void every_faulty_route_is_told_at_once() {
    assertThatThrownBy(() -> table(List.of(
        Route.get("/a/{id}", HANDLER), Route.get("/a/{name}", HANDLER), Route.get("/b/x{id}", HANDLER), Route.get("/c/{}", HANDLER),
        Route.get("/d/{id}/{id}", HANDLER), Route.delete("/a/{id}", HANDLER), Route.get("/e//f", HANDLER),
        Route.get("/g/../h", HANDLER), Route.get("/i;j", HANDLER), Route.get("/k%20l", HANDLER), Route.get("/l/{m...}/n", HANDLER),
        Route.get("/o/{p...}", HANDLER), Route.get("/o/{q...}", HANDLER))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("GET /a/{name} at ")
        .hasMessageContaining("answers the same requests as GET /a/{id} at dev.scalable.server.RouteTableTest.")
        .hasMessageContaining("GET /b/x{id} at ").hasMessageContaining("the segment \"x{id}\"")
        .hasMessageContaining("GET /c/{} at ").hasMessageContaining("the segment \"{}\"")
        .hasMessageContaining("GET /d/{id}/{id} at ").hasMessageContaining("two parameters are called id")
        .hasMessageContaining("GET /e//f at ").hasMessageContaining("no request")
        .hasMessageContaining("GET /g/../h at ").hasMessageContaining("no request")
        .hasMessageContaining("GET /i;j at ").hasMessageContaining("no request")
        .hasMessageContaining("GET /k%20l at ")
        .hasMessageContaining("GET /l/{m...}/n at ").hasMessageContaining("{m...} takes all segments that are left")
        .hasMessageContaining("GET /o/{q...} at ").hasMessageContaining("the same requests as GET /o/{p...} at ")
        .hasMessageNotContaining("DELETE");
  }

  @Test
  void a_literal_wins_and_the_parameter_is_tried_where_it_leads_nowhere() {
    RouteTable table = table(List.of(Route.get("/a/b/c", HANDLER), Route.get("/a/{x}/d", HANDLER),
        Route.get("/{y}/b/e", HANDLER)));
    assertThat(table.find(Method.GET, "/a/b/c").route().template()).isEqualTo("/a/b/c");
    assertThat(table.find(Method.GET, "/a/b/d").parameters()).containsExactly(Map.entry("x", "b"));
    assertThat(table.find(Method.GET, "/a/b/e").parameters()).containsExactly(Map.entry("y", "a"));
    assertThatThrownBy(() -> table.find(Method.GET, "/a/b/f")).isInstanceOf(Problem.class);
  }

  @Test
  void a_route_of_one_method_does_not_hide_that_of_another_below_a_parameter() {
    RouteTable table = table(List.of(Route.get("/a/b", HANDLER), Route.delete("/a/{x}", HANDLER)));
    assertThatThrownBy(() -> table.find(Method.DELETE, "/a/b")).as("the literal path has no DELETE")
        .isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.status()).isEqualTo(405));
  }

  @Test
  void a_last_parameter_may_take_all_that_is_left_where_nothing_else_fits() {
    RouteTable table = table(List.of(Route.get("/f/{path...}", HANDLER), Route.get("/f/{one}", HANDLER),
        Route.get("/f/a/b", HANDLER), Route.get("/f/{one}/{two}/{three}/x", HANDLER)));
    assertThat(table.find(Method.GET, "/f/a/b").route().template()).isEqualTo("/f/a/b");
    assertThat(table.find(Method.GET, "/f/a").parameters()).containsExactly(Map.entry("one", "a"));
    assertThat(table.find(Method.GET, "/f/a/c").parameters()).containsExactly(Map.entry("path", "a/c"));
    assertThat(table.find(Method.GET, "/f/a/b/c/y").parameters()).containsExactly(Map.entry("path", "a/b/c/y"));
    assertThat(table.find(Method.GET, "/f/a/b/c/x").parameters())
        .containsOnly(Map.entry("one", "a"), Map.entry("two", "b"), Map.entry("three", "c"));
    assertThat(table.find(Method.GET, "/f/a%20b/").parameters()).containsExactly(Map.entry("path", "a b/"));
    assertThat(table.find(Method.GET, "/f/").parameters()).containsExactly(Map.entry("path", ""));
    assertThatThrownBy(() -> table.find(Method.GET, "/f")).isInstanceOf(Problem.class);
  }

  @Test
  void an_exact_path_is_the_same_route_however_it_is_encoded() {
    RouteTable table = table(List.of(Route.get("/a b/c", HANDLER), Route.get("/d/e", HANDLER), Route.get("/d/{x}", HANDLER)));
    assertThat(table.find(Method.GET, "/a%20b/%63").route().template()).isEqualTo("/a b/c");
    assertThat(table.find(Method.GET, "/d/e").route().template()).isEqualTo("/d/e");
    assertThat(table.find(Method.GET, "/d/%65").route().template()).isEqualTo("/d/e");
    assertThat(table.find(Method.HEAD, "/d/e").route().template()).isEqualTo("/d/e");
    assertThat(table.allowed("/d/e")).isEqualTo(table.allowed("/%64/e")).isEqualTo("GET, HEAD, OPTIONS");
  }

  @Test
  void a_lookup_among_a_thousand_routes_allocates_no_more_than_among_twelve() {
    List<ManyRoutes> tables = List.of(ManyRoutes.of(12), ManyRoutes.of(201), ManyRoutes.of(1_002));
    long[] least = {Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE};
    // In turn, since what is compiled meanwhile allocates less; the least of each is what it is when all is compiled.
    for (int round = 0; round < 40; round++) {
      for (int i = 0; i < tables.size(); i++) {
        least[i] = Math.min(least[i], allocatedByLookup(tables.get(i)));
      }
    }
    // As the lookups do not end with a whole round of the paths, a few more may be of the long ones.
    assertThat(least[1]).as("bytes among 201").isLessThanOrEqualTo(least[0] + 16);
    assertThat(least[2]).as("bytes among 1,002").isLessThanOrEqualTo(least[0] + 16);
  }

  private static long allocatedByLookup(ManyRoutes routes) {
    com.sun.management.ThreadMXBean memory = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int lookups = 3_000;
    int found = 0;
    long before = memory.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < lookups; i++) {
      found += routes.table().find(Method.GET, routes.path(i)).parameters().size();
    }
    long allocated = memory.getCurrentThreadAllocatedBytes() - before;
    assertThat(found).isPositive();
    return allocated / lookups;
  }
}
