package dev.scalable.deploy.kubernetes;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds custom resources against the schemas of their definitions, which are in src/test/resources with where they are
 * from. As the API server does it: a field that is not listed is a mistake, unless the schema says that it keeps such.
 */
final class CustomResources {

  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final Map<String, Optional<Schema>> SCHEMAS = new ConcurrentHashMap<>();

  private CustomResources() {}

  /**
   * Whether there is a schema, and what it finds.
   *
   * @param channel of the Gateway API: {@code standard} or {@code experimental}
   */
  static Optional<List<Finding>> check(Resource resource, String channel) {
    String name = resource.apiVersion().replace('/', '-') + "-" + resource.kind();
    return schema(name + ".json").or(() -> schema(name + "-" + channel + ".json"))
        .map(schema -> check(resource, schema));
  }

  private static List<Finding> check(Resource resource, Schema schema) {
    List<Finding> findings = new ArrayList<>();
    for (Error error : schema.validate(MAPPER.valueToTree(resource.document().plain()))) {
      List<String> path = new ArrayList<>();
      for (int i = 0; i < error.getInstanceLocation().getNameCount(); i++) {
        path.add(error.getInstanceLocation().getName(i));
      }
      if (error.getProperty() != null) {
        path.add(error.getProperty());
      }
      findings.add(new Finding(resource.document().placeOf(path.toArray(String[]::new)),
          resource + " at " + String.join(".", path) + ": " + error.getMessage()));
    }
    resource.document().at("spec", "template").filter(template -> resource.kind().equals("Pooler"))
        .ifPresent(template -> findings.addAll(TypedModels.checkPodTemplate(template, resource.toString())));
    return findings;
  }

  private static Optional<Schema> schema(String file) {
    return SCHEMAS.computeIfAbsent(file, absent -> {
      try (InputStream in = CustomResources.class.getResourceAsStream("crds/" + file)) {
        if (in == null) {
          return Optional.empty();
        }
        ObjectNode schema = (ObjectNode) MAPPER.readTree(in);
        ((ObjectNode) schema.get("properties")).withObjectProperty("metadata")
            .put("x-kubernetes-preserve-unknown-fields", true);
        close(schema);
        return Optional.of(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  /** Says in JSON Schema what the API server takes for granted. */
  private static void close(JsonNode schema) {
    if (schema instanceof ArrayNode list) {
      list.forEach(CustomResources::close);
    }
    if (!(schema instanceof ObjectNode object)) {
      return;
    }
    object.forEach(CustomResources::close);
    if (object.path("x-kubernetes-int-or-string").asBoolean(false)) {
      object.remove("type");
      object.putArray("type").add("integer").add("string");
    }
    boolean describesAnObject = object.path("type").isString() && object.path("properties").isObject();
    boolean open = object.path("x-kubernetes-preserve-unknown-fields").asBoolean(false)
        || object.has("additionalProperties");
    if (describesAnObject && !open) {
      object.put("additionalProperties", false);
    }
    object.remove(List.of("x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields"));
  }
}
