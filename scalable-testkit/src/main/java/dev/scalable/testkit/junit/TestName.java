package dev.scalable.testkit.junit;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a test is called in a report. */
final class TestName {
  private TestName() {}

  /** Its names from below {@code owner} on: those of nested classes, the method, the invocation if it has several. */
  static String of(ExtensionContext test, ExtensionContext owner) {
    String own = readable(test);
    Optional<ExtensionContext> parent = test.getParent();
    return parent.isEmpty() || parent.get().getUniqueId().equals(owner.getUniqueId())
        ? own
        : of(parent.get(), owner) + ": " + own;
  }

  /** The display name; the name of a method, which is a sentence, as one. */
  private static String readable(ExtensionContext context) {
    String shown = context.getDisplayName();
    return context.getTestMethod()
        .filter(method -> shown.equals(ofItself(method)))
        .map(method -> method.getName().replace('_', ' '))
        .orElse(shown);
  }

  /** The display name that JUnit gives if nobody says another. */
  private static String ofItself(Method method) {
    return method.getName() + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName)
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
