package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static dev.scalable.server.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.http.EntityTag;
import dev.scalable.http.Lookup;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Versions, and what a client accepts (RFC 9110 sections 12 and 13). */
class ConditionalTest {

  private static final Lookup<String, String> WARM = new Lookup<>() {
    @Override
    public @Nullable Found<String> peek(String key) {
      return () -> key;
    }

    @Override
    public String get(String key) {
      return key;
    }
  };

  private static final Route[] ROUTES = {
      Route.get("/tagged", r -> Response.ok(Map.of("a", r.query("a").orElse("1"))).header("Cache-Control", "no-cache")).withTag(),
      Route.get("/warm/{key}", WARM, r -> r.path("key"), Response::ok).withTag(),
      Route.get("/versioned", r -> Response.text("v7").withTag(EntityTag.ofVersion(7))).withTag(),
      Route.get("/plain", r -> Response.text("plain")),
      Route.get("/gone", r -> Response.json(404, "x")).withTag(),
      Route.get("/own", r -> Response.text("own").header("ETag", r.query("tag").orElse(""))),
      Route.put("/checked", String.class, (r, body) -> {
        r.checkVersion(EntityTag.ofVersion(7));
        return Response.noContent();
      }),
      Route.put("/required", String.class, (r, body) -> {
        r.requireVersion(EntityTag.ofVersion(7));
        return Response.noContent();
      }),
      Route.put("/new", String.class, (r, body) -> {
        r.checkVersion(null);
        return Response.noContent();
      }),
      Route.patch("/patch", String.class, (r, body) -> Response.noContent()),
      Route.post("/post", String.class, (r, body) -> Response.noContent()),
      Route.get("/json", r -> Response.ok("x")).withProduces("application/json")};

  private static String put(String path, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Content-Type: application/json", "Content-Length: 3"));
    return head("PUT " + path, all.toArray(String[]::new)) + "\"x\"";
  }

  @ParameterizedTest
  @EnumSource
  void what_has_not_changed_is_304_with_its_headers_and_without_its_body(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = TestServer.start(threads, ROUTES); Wire wire = server.connect()) {
      for (String path : List.of("/tagged", "/warm/x", "/versioned")) {
        Wire.Answer first = wire.ask(get(path));
        String tag = first.header("ETag").orElseThrow();
        assertThat(tag).startsWith("\"").endsWith("\"");
        assertThat(wire.ask(get(path)).header("ETag")).contains(tag);
        for (String seen : List.of(tag, "W/" + tag, "\"a,b\", " + tag, "*")) {
          Wire.Answer again = wire.ask(get(path, "If-None-Match: " + seen));
          assertThat(again.status()).as(path + " " + seen).isEqualTo(304);
          assertThat(again.body()).isEmpty();
          assertThat(again.header("ETag")).contains(tag);
          assertThat(again.header("Content-Type")).isEmpty();
          assertThat(again.all("Cache-Control")).isEqualTo(first.all("Cache-Control"));
          assertThat(wire.send(head("HEAD " + path, "If-None-Match: " + seen)).answer(false).status()).isEqualTo(304);
        }
        assertThat(wire.ask(get(path, "If-None-Match: \"other\"", "If-None-Match: " + tag)).status()).isEqualTo(304);
        assertThat(wire.ask(get(path, "If-None-Match: \"other\"")).status()).isEqualTo(200);
        assertThat(wire.send(head("HEAD " + path)).answer(false).header("ETag")).contains(tag);
      }
      assertThat(wire.ask(get("/tagged?a=2")).header("ETag")).isNotEqualTo(wire.ask(get("/tagged")).header("ETag"));
      assertThat(wire.ask(get("/versioned")).all("ETag")).containsExactly("\"7\"");
      assertThat(wire.ask(get("/plain", "If-None-Match: *")).status()).as("it has no tag").isEqualTo(200);
      assertThat(wire.ask(get("/gone", "If-None-Match: *")).status()).as("an error stays one").isEqualTo(404);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_change_of_another_version_is_412_and_one_of_none_is_428_where_it_is_required(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = TestServer.start(threads, ROUTES); Wire wire = server.connect()) {
      assertThat(wire.ask(put("/checked")).status()).isEqualTo(204);
      assertThat(wire.ask(put("/checked", "If-Match: \"7\"")).status()).isEqualTo(204);
      assertThat(wire.ask(put("/checked", "If-Match: \"6\", \"7\"")).status()).isEqualTo(204);
      assertThat(wire.ask(put("/checked", "If-Match: *")).status()).isEqualTo(204);
      assertThat(wire.ask(put("/checked", "If-Match: \"6\"")).status()).isEqualTo(412);
      assertThat(wire.ask(put("/checked", "If-Match: W/\"7\"")).status()).as("weak is never the same").isEqualTo(412);
      assertThat(wire.ask(put("/checked", "If-Match: 7")).status()).isEqualTo(412);
      assertThat(wire.ask(put("/checked", "If-None-Match: *")).status()).as("it is there already").isEqualTo(412);
      assertThat(wire.ask(put("/new", "If-None-Match: *")).status()).isEqualTo(204);
      assertThat(wire.ask(put("/new", "If-Match: *")).status()).as("there is none").isEqualTo(412);
      assertThat(wire.ask(put("/required")).status()).isEqualTo(428);
      assertThat(wire.ask(put("/required", "If-Match: \"7\"")).status()).isEqualTo(204);
      assertThat(wire.ask(put("/required", "If-Match: \"8\"")).status()).isEqualTo(412);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_header_of_the_handler_that_is_no_tag_equals_none_and_harms_nothing(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = TestServer.start(threads, ROUTES); Wire wire = server.connect()) {
      for (String tag : List.of("abc", "%22a%20b%22", "%22", "%22%22", "W/", "W/%22", "%22a%22b%22", "*", "")) {
        for (String seen : List.of("\"b\"", "*", "\"a b\"", "\"\"", "\"a\"b\"")) {
          assertThat(wire.ask(get("/own?tag=" + tag, "If-None-Match: " + seen)).body()).as(tag + seen).isEqualTo("own");
        }
      }
      assertThat(wire.ask(get("/own?tag=W/%22ab%22", "If-None-Match: W/\"ab\"")).status()).isEqualTo(304);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_excludes_all_there_is_gets_406_and_any_other_what_there_is(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = TestServer.start(threads, ROUTES); Wire wire = server.connect()) {
      for (String accept : List.of("*/*", "application/json", "Application/*", "text/html, application/json;q=0.1",
          "application/json;charset=utf-8", "text/html;q=0, */*;q=0.1")) {
        assertThat(wire.ask(get("/json", "Accept: " + accept)).status()).as(accept).isEqualTo(200);
      }
      assertThat(wire.ask(get("/json")).status()).isEqualTo(200);
      for (String accept : List.of("text/html", "application/xml, text/*", "application/json;q=0, */*",
          "application/json; q=0.000", "*/*;q=0")) {
        assertThat(wire.ask(get("/json", "Accept: " + accept)).status()).as(accept).isEqualTo(406);
      }
      assertThat(wire.ask(get("/plain", "Accept: application/json")).status()).as("not said, so not refused").isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void another_media_type_is_415_and_told_which_is_right(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(threads, ROUTES)) {
      for (Map.Entry<String, String> row : Map.of("PATCH /patch", "Accept-Patch", "POST /post", "Accept-Post",
          "PUT /new", "Accept").entrySet()) {
        try (Wire wire = server.connect()) {
          Wire.Answer answer = wire.ask(head(row.getKey(), "Content-Type: text/xml", "Content-Length: 3") + "\"x\"");
          assertThat(answer.status()).isEqualTo(415);
          assertThat(answer.header(row.getValue())).contains("application/json");
        }
      }
      try (Wire wire = server.connect()) {
        assertThat(wire.ask(json("POST /post", "\"x\"")).status()).isEqualTo(204);
      }
    }
  }

  /** A page of any origin may send a body without a type, and its browser asks nobody beforehand (Fetch standard). */
  @ParameterizedTest
  @EnumSource
  void a_body_without_a_media_type_is_not_taken_for_json(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(threads, ROUTES)) {
      for (String request : List.of(head("POST /post", "Content-Length: 3") + "\"x\"",
          head("POST /post", "Content-Type:", "Content-Length: 3") + "\"x\"",
          head("POST /post", "Transfer-Encoding: chunked") + "3\r\n\"x\"\r\n0\r\n\r\n")) {
        try (Wire wire = server.connect()) {
          Wire.Answer answer = wire.ask(request);
          assertThat(answer.status()).isEqualTo(415);
          assertThat(answer.header("Accept-Post")).contains("application/json");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_body_in_a_coding_is_415_and_told_that_none_is_known(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = TestServer.start(threads, ROUTES)) {
      for (String coding : List.of("gzip", "identity, gzip", "br")) {
        try (Wire wire = server.connect()) {
          Wire.Answer answer = wire.ask(head("POST /post", "Content-Type: application/json",
              "Content-Encoding: " + coding, "Content-Length: 3") + "\"x\"");
          assertThat(answer.status()).isEqualTo(415);
          assertThat(answer.header("Accept-Encoding")).contains("identity");
        }
      }
      try (Wire wire = server.connect()) {
        assertThat(wire.ask(head("POST /post", "Content-Type: application/json", "Content-Encoding: identity",
            "Content-Length: 3") + "\"x\"").status()).isEqualTo(204);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_is_not_taken_or_not_accepted_is_refused_before_its_body_comes(ServerSettings.Threads threads)
      throws Exception {
    try (TestServer server = TestServer.start(threads, Route
        .post("/post", String.class, (r, body) -> Response.noContent()).withProduces("application/json"))) {
      for (String header : List.of("Content-Type: text/xml", "Content-Type: application/json\r\nAccept: text/xml")) {
        try (Wire wire = server.connect()) {
          // The body never comes, and the answer does. Nor is the client told to send it.
          Wire.Answer answer = wire.ask(head("POST /post", header, "Expect: 100-continue", "Content-Length: 3"));
          assertThat(answer.status()).as(header).isEqualTo(header.endsWith("Accept: text/xml") ? 406 : 415);
        }
      }
    }
  }
}
