package dev.scalable.check;

import dagger.Component;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The check at start: that the compiler's check has run, and that nothing which answers requests holds state that other
 * instances do not see. It begins at roots such as a route, and walks through variables that lambdas have captured,
 * fields of the app's own objects, the static fields of their classes, and the elements of immutable collections. An
 * object is judged by what it is: {@code Map.copyOf} passes where a {@code HashMap} does not, whatever the field is
 * declared as.
 *
 * <p>Does not see what is behind an object of a vendor or of the JDK; docs/explanation/statelessness.md lists what it
 * is blind to.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class StatelessCheck {

  /**
   * Where to begin.
   *
   * @param name what to call it in a finding
   * @param object the object
   */
  public record Root(String name, Object object) {}

  /** A service is not stateless, or nobody knows whether it is. The message holds every finding and what to do. */
  public static final class Failed extends RuntimeException {

    private static final long serialVersionUID = 1;

    Failed(String message) {
      super(message);
    }
  }

  private static final String LINE = System.lineSeparator();

  private final @Nullable Class<?> component;
  private final List<Root> roots;

  private StatelessCheck(@Nullable Class<?> component, Collection<Root> roots) {
    this.component = component;
    this.roots = List.copyOf(roots);
  }

  /**
   * A check of a component.
   *
   * @param component the interface that is annotated with {@code @Component}
   * @param roots where to begin; each object is reported by the first way on which it is found
   */
  public static StatelessCheck of(Class<?> component, Collection<Root> roots) {
    return new StatelessCheck(component, roots);
  }

  /**
   * A check of the component that is calling, which a provider of a module cannot name but the stack can.
   *
   * @param roots where to begin
   */
  public static StatelessCheck ofCaller(Collection<Root> roots) {
    Optional<Class<?>> component = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
        .walk(frames -> frames.flatMap(frame -> componentsOf(frame.getDeclaringClass())).findFirst());
    return new StatelessCheck(component.orElse(null), roots);
  }

  /** The component that a class implements, or another one in what Dagger has generated around it. */
  private static Stream<Class<?>> componentsOf(Class<?> caller) {
    Class<?> host = caller.getNestHost();
    return Stream.of(host.getSimpleName().startsWith("Dagger") ? host.getNestMembers() : new Class<?>[] {caller})
        .flatMap(type -> Stream.concat(Stream.of(type.getInterfaces()), Stream.ofNullable(type.getSuperclass())))
        .filter(type -> type.isAnnotationPresent(Component.class));
  }

  /**
   * Checks. Takes milliseconds, so it belongs before everything that costs more.
   *
   * @throws Failed if there is state, or the component was not checked by the compiler
   */
  public void run() {
    if (component == null) {
      throw new Failed("The service was not started: it cannot be told which component made it, so not whether the"
          + " compiler has checked that for state. Have the component return the service itself, and not a Provider of"
          + " it: Service service();");
    }
    Optional<Proof> proof = Proof.of(component);
    List<String> findings = ObjectWalk.from(roots, AppClasses.of(component, proof.orElse(Proof.NONE)),
        proof.orElse(Proof.NONE).sharedTypes());
    List<String> parts = new ArrayList<>();
    if (proof.isEmpty()) {
      parts.add(component.getName() + " was compiled without the check for state in what Dagger injects: there is no "
          + Proof.resource(component.getName()) + " beside it. Add this to the configuration of maven-compiler-plugin"
          + " in pom.xml and compile again; since JDK 23 javac runs no other processors than such." + LINE + LINE
          + pomLines());
    }
    if (!findings.isEmpty()) {
      parts.add((findings.size() == 1 ? "There is state" : "There are " + findings.size() + " places with state")
          + " in what answers requests, and other instances do not see it." + LINE + "  - "
          + String.join(LINE + "  - ", findings) + LINE + DeclaredState.REMEDY
          + "the field, its class or its @Provides method.");
    }
    if (!parts.isEmpty()) {
      throw new Failed("The service was not started. " + String.join(LINE, parts));
    }
  }

  private static String pomLines() {
    try (InputStream in = StatelessCheck.class.getResourceAsStream("annotationProcessorPaths.xml")) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
