package dev.scalable.testkit.junit;

import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.ClusterBuilder;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Nested;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations of a test class ask for, free of mistakes.
 *
 * @param cluster ready to be started
 * @param expectedErrors allowed in every test
 * @param keep tables that keep their rows when data is emptied before a test; null if it is not
 */
record Wanted(ClusterBuilder cluster, List<Pattern> expectedErrors, @Nullable List<String> keep) {
  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if they cannot be, with every mistake of the class and its nested classes
   */
  static Wanted of(Class<?> testClass, ClusterTest annotation) {
    List<String> mistakes = new ArrayList<>();
    AppSpec app = app(annotation, mistakes);
    for (String assignment : annotation.env()) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        mistakes.add("env needs NAME=value, not \"" + assignment + "\"");
      } else if (app != null) {
        app = app.env(assignment.substring(0, equals), assignment.substring(equals + 1));
      }
    }
    if (app != null && annotation.migrate() != void.class) {
      app = app.migrate(annotation.migrate().getName());
    }
    ClusterBuilder cluster = Cluster.builder()
        .instances(annotation.instances()).maxInstances(annotation.maxInstances()).backend(annotation.backend());
    if (app != null) {
      cluster.app(app.args(annotation.args()).jvm(annotation.jvm()));
    }
    if (annotation.links()) {
      cluster.links();
    }
    if (annotation.calibrated()) {
      cluster.calibrated();
    }
    List<String> known = cluster.mistakes();
    mistakes.addAll(app == null ? known.stream().filter(mistake -> !mistake.startsWith("app(")).toList() : known);
    if (annotation.keep().length > 0 && !annotation.reset()) {
      mistakes.add("keep names tables, and without reset = true no table is emptied");
    }
    List<Pattern> expected = patterns("expectErrors", annotation.expectErrors(), mistakes);
    ofMethods(testClass, mistakes);
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException("the @ClusterTest of " + testClass.getName() + " cannot be:\n- "
          + String.join("\n- ", mistakes));
    }
    return new Wanted(cluster, expected, annotation.reset() ? List.of(annotation.keep()) : null);
  }

  /** The errors that the test {@code method} may cause, beside those of its class. */
  static List<Pattern> expectedErrors(Method method) {
    return AnnotationSupport.findAnnotation(method, ExpectErrors.class)
        .map(expected -> patterns(method.getName(), expected.value(), new ArrayList<>()))
        .orElse(List.of());
  }

  private static @Nullable AppSpec app(ClusterTest annotation, List<String> mistakes) {
    boolean byClass = annotation.app() != void.class;
    if (byClass == (annotation.appSpec() != NoAppSpec.class)) {
      mistakes.add(byClass
          ? "app and appSpec both say what the app is: " + annotation.app().getName() + " and "
              + annotation.appSpec().getName()
          : "nothing says what the app is: use app, or appSpec if it is not a class");
      return null;
    }
    return byClass ? AppSpec.mainClass(annotation.app()) : supplied(annotation.appSpec(), mistakes);
  }

  private static @Nullable AppSpec supplied(Class<? extends Supplier<AppSpec>> supplier, List<String> mistakes) {
    try {
      @Nullable AppSpec app = ReflectionSupport.newInstance(supplier).get();
      if (app == null) {
        mistakes.add("appSpec: " + supplier.getName() + " gives null");
      }
      return app;
    } catch (RuntimeException e) {
      mistakes.add("appSpec: " + supplier.getName() + " gives no app, or is not a class with a constructor without"
          + " parameters: " + e);
      return null;
    }
  }

  /** The annotations of the tests themselves, so that a mistake in the last one is not told after all others ran. */
  private static void ofMethods(Class<?> testClass, List<String> mistakes) {
    requireCapabilities(testClass.getSimpleName(), testClass.getAnnotation(RequiresCapability.class), mistakes);
    for (Method method : annotated(testClass, RequiresCapability.class)) {
      requireCapabilities(method.getName(), method.getAnnotation(RequiresCapability.class), mistakes);
    }
    for (Method method : annotated(testClass, ExpectErrors.class)) {
      AnnotationSupport.findAnnotation(method, ExpectErrors.class).ifPresent(expected -> {
        String what = "@ExpectErrors of " + method.getName();
        if (expected.value().length == 0) {
          mistakes.add(what + " names no pattern; \"\" would allow all errors");
        }
        patterns(what, expected.value(), mistakes);
      });
    }
    ReflectionSupport.findNestedClasses(testClass, nested -> AnnotationSupport.isAnnotated(nested, Nested.class))
        .forEach(nested -> ofMethods(nested, mistakes));
  }

  private static void requireCapabilities(
      String where, @Nullable RequiresCapability required, List<String> mistakes) {
    if (required != null && required.value().length == 0) {
      mistakes.add("@RequiresCapability of " + where + " names no capability");
    }
  }

  private static List<Method> annotated(Class<?> testClass, Class<? extends Annotation> annotation) {
    return AnnotationSupport.findAnnotatedMethods(testClass, annotation, HierarchyTraversalMode.TOP_DOWN);
  }

  private static List<Pattern> patterns(String where, String[] expressions, List<String> mistakes) {
    List<Pattern> patterns = new ArrayList<>();
    for (String expression : expressions) {
      try {
        patterns.add(Pattern.compile(expression));
      } catch (PatternSyntaxException e) {
        mistakes.add(where + " has \"" + expression + "\", which is no regular expression: " + e.getDescription());
      }
    }
    return List.copyOf(patterns);
  }
}
