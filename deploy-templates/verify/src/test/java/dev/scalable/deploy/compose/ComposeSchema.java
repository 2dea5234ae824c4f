package dev.scalable.deploy.compose;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.scalable.deploy.kubernetes.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fields and types. What Compose itself takes is larger than the template needs, so the schema, in src/test/resources,
 * has what it uses and is closed: a field that Compose would silently read otherwise than meant is found, too. Compose's
 * own word is asked where there is one, by {@link ComposeItselfTest}.
 */
final class ComposeSchema {

  private static final JsonMapper MAPPER = JsonMapper.shared();

  private ComposeSchema() {}

  /** What is not as the schema has it, each with its line and column. */
  static List<Finding> check(ComposeFile compose) {
    List<Finding> findings = new ArrayList<>();
    for (Error error : schema().validate(MAPPER.valueToTree(compose.document().plain()))) {
      List<String> path = new ArrayList<>();
      for (int i = 0; i < error.getInstanceLocation().getNameCount(); i++) {
        path.add(error.getInstanceLocation().getName(i));
      }
      if (error.getProperty() != null) {
        path.add(error.getProperty());
      }
      findings.add(compose.finding(String.join(".", path) + ": " + error.getMessage(), path.toArray(String[]::new)));
    }
    return findings;
  }

  private static Schema schema() {
    try (InputStream in = Objects.requireNonNull(ComposeSchema.class.getResourceAsStream("used.schema.json"))) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(MAPPER.readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
