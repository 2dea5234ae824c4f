package dev.scalable.testkit.junit;

import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.cluster.Cluster;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Judges each test by itself, those too of a class that has the annotation: JUnit asks for a class before anything of
 * it is there, and what a cluster can do is known when it runs.
 */
final class CapabilityCondition implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      return ConditionEvaluationResult.enabled("what its cluster can do is known when it runs");
    }
    Cluster cluster = ClassCluster.of(context).cluster();
    Set<Capability> missing = needed(context);
    missing.removeAll(cluster.capabilities());
    return missing.isEmpty()
        ? ConditionEvaluationResult.enabled("the cluster can do what is needed")
        : ConditionEvaluationResult.disabled("not run: it needs the "
            + (missing.size() == 1 ? "capability " : "capabilities ") + quoted(missing)
            + ", which this cluster does not have. Its backend is " + cluster.backend() + ", and it has "
            + new TreeSet<>(cluster.capabilities()));
  }

  private static Set<Capability> needed(ExtensionContext context) {
    Set<Capability> all = EnumSet.noneOf(Capability.class);
    Optional<ExtensionContext> next = Optional.of(context);
    while (next.isPresent()) {
      next.get().getElement()
          .flatMap(element -> AnnotationSupport.findAnnotation(element, RequiresCapability.class))
          .ifPresent(required -> all.addAll(List.of(required.value())));
      next = next.get().getParent();
    }
    return all;
  }

  private static String quoted(Set<Capability> capabilities) {
    return capabilities.stream().map(each -> "\"" + each + "\"").collect(Collectors.joining(", "));
  }
}
