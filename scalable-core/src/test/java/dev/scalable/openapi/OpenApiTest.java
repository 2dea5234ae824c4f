package dev.scalable.openapi;

import static dev.scalable.server.Wire.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.scalable.http.BodyType;
import dev.scalable.http.Description;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.http.StaticFiles;
import dev.scalable.json.JsonModule;
import dev.scalable.server.TestServer;
import dev.scalable.server.Wire;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The document that routes give, held against the schema of OpenAPI and against what the codec writes. */
class OpenApiTest {

  enum Colour { RED, GREEN }

  sealed interface Pet {
    record Cat(String name, int lives) implements Pet {}

    record Dog(String name, boolean barks) implements Pet {}
  }

  record Tree(String label, List<Tree> children) {}

  record Page<T>(List<T> items, @Nullable String next) {}

  /** One of each kind. */
  @SuppressWarnings("ArrayRecordComponent")
  record All(boolean yes, int whole, @Nullable Long large, double ratio, BigDecimal exact, BigInteger huge, char letter,
      String text, byte[] bytes, UUID id, URI link, Instant when, OffsetDateTime there, LocalDate day,
      Duration length, Colour colour, List<Colour> colours, Set<String> words, Map<String, Integer> counts,
      Optional<String> maybe, OptionalInt maybeWhole, int[] numbers, @Nullable Tree tree, Page<Tree> page, Pet pet,
      Object any) {}

  /** A record of the name of another. */
  static final class Other {
    record Tree(int height) {}
  }

  private static final JsonMapper MAPPER = JsonMapper.shared();

  private static Set<Route> routes() {
    return Set.of(
        Route.get("/trees/{id}", r -> Response.noContent())
            .describedAs(Description.of("One tree").answering(200, Tree.class)),
        Route.put("/trees/{id}", Tree.class, (r, tree) -> Response.noContent())
            .describedAs(Description.of("").header("If-Match", true, "the version that was seen").failing(412, "another version"))
            .describedAs(Description.of("Changes a tree").bearer("trees:write").answering(204)),
        Route.get("/trees", r -> Response.noContent()).describedAs(Description.of("Pages through \"trees\" \u00fc")
            .query("limit", int.class, "most trees on a page").answering(200, new BodyType<Page<Tree>>() {})),
        Route.post("/all", All.class, (r, all) -> Response.noContent()),
        Route.post("/others", new BodyType<List<Other.Tree>>() {}, (r, others) -> Response.noContent()),
        Route.delete("/a/{x}/b/{y}", r -> Response.noContent()));
  }

  private static OpenApi api() {
    return OpenApi.of("Trees", "1", OpenApiTest::routes);
  }

  private static JsonNode document() {
    return MAPPER.readTree(api().json());
  }

  private static List<Error> errors(String schema, String json) {
    Schema known = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema, InputFormat.JSON);
    return new ArrayList<>(known.validate(json, InputFormat.JSON));
  }

  private static String official() throws Exception {
    try (InputStream text = OpenApiTest.class.getResourceAsStream("/openapi-3.1/schema.json")) {
      return new String(text.readAllBytes(), UTF_8);
    }
  }

  @Test
  void the_document_is_one_by_the_schema_of_openapi() throws Exception {
    assertThat(errors(official(), api().json())).isEmpty();
    // And that schema sees what is wrong.
    assertThat(errors(official(), api().json().replace("\"in\": \"path\"", "\"in\": \"nowhere\""))).isNotEmpty();
    assertThat(errors(official(), api().json().replace("\"responses\": {", "\"answers\": {"))).isNotEmpty();
  }

  @Test
  void each_route_is_there_with_what_is_known_of_it() {
    JsonNode paths = document().at("/paths");
    assertThat(paths.propertyNames()).containsExactly("/a/{x}/b/{y}", "/all", "/others", "/trees", "/trees/{id}");
    assertThat(paths.at("/~1trees~1{id}").propertyNames()).containsExactly("get", "put");
    JsonNode put = paths.at("/~1trees~1{id}/put");
    assertThat(put.at("/summary").asString()).isEqualTo("Changes a tree");
    assertThat(put.at("/parameters/0").toString())
        .isEqualTo("{\"name\":\"id\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}");
    assertThat(put.at("/requestBody/content/application~1json/schema/$ref").asString())
        .isEqualTo("#/components/schemas/" + Tree.class.getName().replace('$', '.'));
    assertThat(put.at("/parameters/1").toString()).as("what was told of before stays")
        .isEqualTo("{\"name\":\"If-Match\",\"in\":\"header\",\"required\":true,\"description\":\"the version that was seen\","
            + "\"schema\":{\"type\":\"string\"}}");
    assertThat(put.at("/responses").propertyNames()).containsExactly("204", "412", "default");
    assertThat(put.at("/responses/412/content/application~1problem+json/schema/$ref").asString())
        .isEqualTo("#/components/schemas/Problem");
    assertThat(put.at("/security").toString()).isEqualTo("[{\"bearer\":[\"trees:write\"]}]");
    assertThat(paths.at("/~1trees/get/parameters/0/name").asString()).isEqualTo("limit");
    assertThat(paths.at("/~1a~1{x}~1b~1{y}/delete/parameters")).hasSize(2);
    assertThat(paths.at("/~1a~1{x}~1b~1{y}/delete/responses").propertyNames()).containsExactly("2XX", "default");
  }

  @Test
  void a_route_of_files_is_left_out() {
    List<Route> all = new ArrayList<>(routes());
    all.add(Route.files("/pages", StaticFiles.fromClassPath("dev/scalable/openapi")));
    assertThat(OpenApi.of("Trees", "1", () -> all).json()).isEqualTo(OpenApi.of("Trees", "1", OpenApiTest::routes).json());
  }

  @Test
  void records_of_one_name_are_told_apart_and_others_have_short_names() {
    Set<String> names = new HashSet<>(document().at("/components/schemas").propertyNames());
    assertThat(names).contains("All", "Cat", "Dog", "Problem", "Page_Tree",
        Tree.class.getName().replace('$', '.'), Other.Tree.class.getName().replace('$', '.')).doesNotContain("Tree");
  }

  @Test
  void what_the_codec_writes_is_what_the_schema_says() {
    Tree tree = new Tree("oak", List.of(new Tree("acorn", List.of())));
    All full = all(7L, Optional.of("m"), OptionalInt.of(3), tree, new Page<>(List.of(tree), "/next"));
    All sparse = all(null, Optional.empty(), OptionalInt.empty(), null, new Page<>(List.of(), null));
    for (All all : List.of(full, sparse)) {
      assertThat(errors(schemaOf("All"), new String(JsonModule.jsonCodec().encode(all), UTF_8))).isEmpty();
    }
    // What no record of that kind can be.
    ObjectNode wrong = (ObjectNode) MAPPER.readTree(JsonModule.jsonCodec().encode(full));
    for (String name : wrong.propertyNames().stream().filter(each -> !each.equals("any")).toList()) {
      assertThat(errors(schemaOf("All"), wrong.deepCopy().set(name, MAPPER.readTree("[[1,{}]]")).toString()))
          .as(name).isNotEmpty();
    }
    assertThat(errors(schemaOf("All"), wrong.deepCopy().without("text").toString())).isNotEmpty();
    assertThat(errors(schemaOf("All"), wrong.deepCopy().putNull("text").toString())).isNotEmpty();
    assertThat(errors(schemaOf("All"), wrong.deepCopy().without("large").toString())).isEmpty();
  }

  private static All all(@Nullable Long large, Optional<String> maybe, OptionalInt maybeWhole, @Nullable Tree tree,
      Page<Tree> page) {
    return new All(true, 1, large, 0.5, new BigDecimal("1.10"), BigInteger.TEN, 'x', "t", new byte[] {1, 2},
        UUID.randomUUID(), URI.create("https://x.example/a"), Instant.EPOCH,
        OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.ofHours(2)), LocalDate.EPOCH, Duration.ofSeconds(90),
        Colour.RED, List.of(Colour.GREEN), Set.of("w"), Map.of("a", 1), maybe, maybeWhole,
        new int[] {1, 2}, tree, page, new Pet.Cat("Tom", 9), List.of(1, "x"));
  }

  /** A schema with all components beside it, so that references find them. */
  private static String schemaOf(String name) {
    ObjectNode schema = MAPPER.createObjectNode();
    schema.put("$ref", "#/components/schemas/" + name);
    schema.set("components", document().at("/components"));
    return schema.toString();
  }

  @Test
  void the_same_routes_in_another_order_give_the_same_text() {
    List<Route> forward = new ArrayList<>(routes());
    List<Route> backward = new ArrayList<>(routes()).reversed();
    assertThat(OpenApi.of("Trees", "1", () -> backward).json())
        .isEqualTo(OpenApi.of("Trees", "1", () -> forward).json())
        .endsWith("}\n").contains("\\\"trees\\\" \\u00fc");
  }

  @Test
  void the_document_is_served_and_describes_the_route_that_serves_it() throws Exception {
    List<Route> all = new ArrayList<>(routes());
    OpenApi api = OpenApi.of("Trees", "1", () -> all);
    all.add(api.route("/openapi.json"));
    try (TestServer server = TestServer.start(TestServer.threads(), all.toArray(Route[]::new));
        Wire wire = server.connect()) {
      Wire.Answer answer = wire.ask(get("/openapi.json"));
      assertThat(answer.header("Content-Type")).contains("application/json");
      assertThat(answer.body()).isEqualTo(api.json());
      assertThat(MAPPER.readTree(answer.body()).at("/paths").propertyNames()).contains("/openapi.json", "/trees");
      assertThat(errors(official(), answer.body())).isEmpty();
    }
  }

  @Test
  void a_file_that_is_not_the_document_fails_once_and_is_written_anew(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("openapi.json");
    assertThatThrownBy(() -> api().requireKeptIn(file)).isInstanceOf(AssertionError.class)
        .hasMessageContaining("written anew");
    assertThatCode(() -> api().requireKeptIn(file)).doesNotThrowAnyException();
    Files.writeString(file, Files.readString(file).replace("One tree", "A tree"));
    assertThatThrownBy(() -> api().requireKeptIn(file)).isInstanceOf(AssertionError.class)
        .hasMessageContaining("A tree").hasMessageContaining("One tree");
    assertThat(file).hasContent(api().json());
  }
}
