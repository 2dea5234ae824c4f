package dev.scalable.deploy.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads resources into the models of Kubernetes' types that its Java client has, and tells of each field that they have
 * not and each value of another type. They know no bounds, choices or required fields: the API server does.
 */
final class TypedModels {

  private static final Map<String, Class<?>> MODELS = Map.ofEntries(
      Map.entry("v1 ConfigMap", ConfigMap.class), Map.entry("v1 Namespace", Namespace.class),
          Map.entry("v1 Secret", Secret.class),
      Map.entry("v1 Service", Service.class), Map.entry("v1 ServiceAccount", ServiceAccount.class),
      Map.entry("apps/v1 Deployment", Deployment.class), Map.entry("batch/v1 Job", Job.class),
      Map.entry("autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
      Map.entry("networking.k8s.io/v1 Ingress", Ingress.class), Map.entry("networking.k8s.io/v1 NetworkPolicy",
          NetworkPolicy.class),
      Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class));

  private static final JsonMapper MAPPER = strict();

  private TypedModels() {}

  /** What is wrong with a resource; empty if there is no model of its kind. */
  static Optional<List<Finding>> check(Resource resource) {
    return Optional.ofNullable(MODELS.get(resource.apiVersion() + " " + resource.kind()))
        .map(model -> check(resource.document(), model, resource.toString()));
  }

  /** The template of pods in a custom resource. */
  static List<Finding> checkPodTemplate(Node template, String what) {
    return check(template, PodTemplateSpec.class, what);
  }

  private static List<Finding> check(Node document, Class<?> model, String what) {
    Unknown unknown = new Unknown(document, what, new ArrayList<>());
    try {
      MAPPER.readerFor(model).withAttribute(Unknown.class, unknown)
          .readValue(MAPPER.<JsonNode>valueToTree(document.plain()));
    } catch (DatabindException e) {
      String[] path = e.getPath().stream()
          .map(step -> step.getPropertyName() == null ? Integer.toString(step.getIndex()) : step.getPropertyName())
          .toArray(String[]::new);
      unknown.findings().add(new Finding(document.placeOf(path), String.join(".", path) + " of " + what
          + " is of another type: "
          + e.getOriginalMessage()));
    }
    return unknown.findings();
  }

  private static JsonMapper strict() {
    return JsonMapper.builder()
        .annotationIntrospector(new WithoutAnySetter())
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .withCoercionConfig(LogicalType.Textual, config -> {
          for (CoercionInputShape shape : List.of(CoercionInputShape.Integer, CoercionInputShape.Float,
              CoercionInputShape.Boolean)) {
            config.setCoercion(shape, CoercionAction.Fail);
          }
        })
        .addHandler(new DeserializationProblemHandler() {
          @Override
          public boolean handleUnknownProperty(DeserializationContext context, JsonParser parser,
              ValueDeserializer<?> deserializer, Object bean, String name) {
            ((Unknown) context.getAttribute(Unknown.class)).add(parser.streamReadContext().pathAsPointer().toString());
            parser.skipChildren();
            return true;
          }
        })
        .build();
  }

  /** Gathers the fields of one document that its model has not. */
  private record Unknown(Node document, String what, List<Finding> findings) {

    void add(String pointer) {
      String[] path = Arrays.stream(pointer.substring(1).split("/"))
          .map(step -> step.replace("~1", "/").replace("~0", "~")).toArray(String[]::new);
      findings.add(new Finding(document.placeOf(path), what + " has no field " + String.join(".", path)));
    }
  }

  /** The models keep what they do not know in a map of each object; without it, it is unknown. */
  private static final class WithoutAnySetter extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
      return false;
    }
  }
}
