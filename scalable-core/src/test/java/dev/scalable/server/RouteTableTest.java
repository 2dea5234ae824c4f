package dev.scalable.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.http.Handler;
import dev.scalable.http.Method;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
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
        Route.get("/g/../h", HANDLER), Route.get("/i;j", HANDLER), Route.get("/k%20l", HANDLER))))
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
}
