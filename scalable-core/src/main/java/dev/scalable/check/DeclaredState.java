package dev.scalable.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import org.jspecify.annotations.Nullable;

/**
 * Finds state in declarations, as the compiler sees them. A field can hold state when it is not final, or when its type
 * is one whose objects change. Types of the app's own are looked into in turn. What only an interface is declared for,
 * such as a {@code Map}, is left to the check at start, which has the object.
 *
 * <p>Says each thing once, however often it is asked.
 */
final class DeclaredState {

  static final String REMEDY = "Keep it where every instance sees it (Db, TwoTierCache, Redis), or make it immutable"
      + " (a final field, List.copyOf, Map.copyOf); if it may differ between instances, say why:"
      + " @SharedState(\"...\") on ";

  private final Elements elements;
  private final Types types;
  private final Predicate<TypeElement> own;
  private final Set<TypeElement> seen = new HashSet<>();

  /**
   * Begins with nothing seen.
   *
   * @param own whether a class is the app's own, so that its fields are looked into
   */
  DeclaredState(Elements elements, Types types, Predicate<TypeElement> own) {
    this.elements = elements;
    this.types = types;
    this.own = own;
  }

  /** What a method provides, if objects of its declared type can hold state. */
  List<String> providedBy(ExecutableElement method) {
    String what = method.getEnclosingElement() + "." + method.getSimpleName() + "()";
    if (isShared(method)) {
      return reasonless(method, what);
    }
    return ofType(method.getReturnType(), what + " provides", "the method");
  }

  /** What an object that is given to a component is, if objects of its declared type can hold state. */
  List<String> given(TypeMirror type) {
    return ofType(type, "the component is given", "the class of your own that holds it");
  }

  private List<String> ofType(TypeMirror type, String verb, String where) {
    String reason = whyMutable(type);
    if (reason != null) {
      return List.of(verb + " shared state, " + name(type) + ": " + reason + ". " + REMEDY + where + ".");
    }
    return type.getKind() == TypeKind.DECLARED ? heldBy((TypeElement) ((DeclaredType) type).asElement()) : List.of();
  }

  /** The state in the fields of a class and of the app's own classes that it holds in turn. */
  List<String> heldBy(TypeElement type) {
    List<String> found = new ArrayList<>();
    // By the field through which a class was reached, for the message; the first has none.
    Deque<Map.Entry<TypeElement, String>> todo = new ArrayDeque<>(List.of(Map.entry(type, "")));
    while (!todo.isEmpty()) {
      Map.Entry<TypeElement, String> next = todo.remove();
      TypeElement each = next.getKey();
      if (!own.test(each) || !seen.add(each)) {
        continue;
      }
      if (isShared(each)) {
        found.addAll(reasonless(each, each.getQualifiedName().toString()));
        continue;
      }
      for (VariableElement field : fields(each)) {
        String path = each.getQualifiedName() + "." + field.getSimpleName();
        if (isShared(field)) {
          found.addAll(reasonless(field, path));
          continue;
        }
        String reason = why(field);
        if (reason != null) {
          found.add(each.getQualifiedName() + " keeps state in its " + (isStatic(field) ? "static " : "") + "field '"
              + field.getSimpleName() + "' (" + name(field.asType()) + "): " + reason + ". Reached by "
              + next.getValue() + each.getQualifiedName() + ". " + REMEDY + "the field or its class.");
        } else if (field.asType() instanceof DeclaredType declared) {
          todo.add(Map.entry((TypeElement) declared.asElement(), next.getValue() + path + " -> "));
        }
      }
      if (types.asElement(each.getSuperclass()) instanceof TypeElement parent) {
        todo.add(Map.entry(parent, next.getValue() + each.getQualifiedName() + " extends "));
      }
    }
    return found;
  }

  private static List<VariableElement> fields(TypeElement type) {
    return ElementFilter.fieldsIn(type.getEnclosedElements());
  }

  private @Nullable String why(VariableElement field) {
    if (!field.getModifiers().contains(Modifier.FINAL)) {
      return "it is not final, so that it can be set after the start";
    }
    return whyMutable(field.asType());
  }

  private @Nullable String whyMutable(TypeMirror type) {
    return switch (type.getKind()) {
      case ARRAY -> JdkTypes.ARRAY;
      case TYPEVAR -> whyMutable(((TypeVariable) type).getUpperBound());
      case DECLARED -> {
        TypeElement element = (TypeElement) ((DeclaredType) type).asElement();
        yield isShared(element) ? null : JdkTypes.whyMutable(lineage(element));
      }
      default -> null;
    };
  }

  private List<JdkTypes.Ancestor> lineage(TypeElement type) {
    Map<String, JdkTypes.Ancestor> all = new LinkedHashMap<>();
    Deque<TypeElement> todo = new ArrayDeque<>(List.of(type));
    while (!todo.isEmpty()) {
      TypeElement each = todo.remove();
      String name = each.getQualifiedName().toString();
      boolean concrete = each.getKind().isClass() && !each.getModifiers().contains(Modifier.ABSTRACT);
      if (all.putIfAbsent(name, new JdkTypes.Ancestor(name, concrete)) == null) {
        for (TypeMirror parent : types.directSupertypes(each.asType())) {
          todo.add((TypeElement) ((DeclaredType) parent).asElement());
        }
      }
    }
    return List.copyOf(all.values());
  }

  static boolean isShared(Element element) {
    return element.getAnnotation(SharedState.class) != null;
  }

  private static boolean isStatic(VariableElement field) {
    return field.getModifiers().contains(Modifier.STATIC);
  }

  /** Who opts out says why. */
  private static List<String> reasonless(Element element, String what) {
    return element.getAnnotation(SharedState.class).value().isBlank()
        ? List.of(what + " carries @SharedState without a reason: say why instances may disagree on it.") : List.of();
  }

  /** As in the source, but without the annotations of types. */
  private String name(TypeMirror type) {
    return switch (type.getKind()) {
      case DECLARED -> ((TypeElement) ((DeclaredType) type).asElement()).getQualifiedName().toString();
      case ARRAY -> name(((ArrayType) type).getComponentType()) + "[]";
      default -> types.erasure(type).toString();
    };
  }

  /** The name of a class as the running program has it. */
  String binaryName(TypeElement type) {
    return elements.getBinaryName(type).toString();
  }
}
