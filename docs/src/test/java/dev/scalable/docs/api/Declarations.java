package dev.scalable.docs.api;

import dev.scalable.docs.api.PublicType.Member;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.Parameterizable;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Elements;
import org.apiguardian.api.API;

/** Writes a declaration of the compiler's as a line. */
final class Declarations {

  /** What a caller need not know, or always is so. */
  private static final Set<Modifier> UNSAID = EnumSet.of(Modifier.PUBLIC, Modifier.SYNCHRONIZED, Modifier.NATIVE,
      Modifier.STRICTFP, Modifier.TRANSIENT, Modifier.VOLATILE);

  private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");

  private static final Set<String> OF_EVERY_ENUM = Set.of("values", "valueOf");

  private final Elements elements;

  Declarations(Elements elements) {
    this.elements = elements;
  }

  static boolean isOpen(Element element) {
    Set<Modifier> modifiers = element.getModifiers();
    return modifiers.contains(Modifier.PUBLIC) || modifiers.contains(Modifier.PROTECTED);
  }

  PublicType of(TypeElement type) {
    PackageElement home = elements.getPackageOf(type);
    String packageName = home.getQualifiedName().toString();
    String name = type.getQualifiedName().toString().substring(packageName.length() + 1);
    return new PublicType(packageName, name, declaration(type), stability(type), stability(home), components(type),
        javadoc(type), members(type));
  }

  private static Optional<API.Status> stability(Element element) {
    for (Element at = element; at != null; at = at.getEnclosingElement()) {
      API mark = at.getAnnotation(API.class);
      if (mark != null) {
        return Optional.of(mark.status());
      }
    }
    return Optional.empty();
  }

  private String javadoc(Element element) {
    String text = elements.getDocComment(element);
    return text == null ? "" : text;
  }

  private static String declaration(TypeElement type) {
    Set<Modifier> implied = switch (type.getKind()) {
      case INTERFACE, ANNOTATION_TYPE -> EnumSet.of(Modifier.ABSTRACT, Modifier.STATIC);
      case RECORD, ENUM -> EnumSet.of(Modifier.FINAL, Modifier.STATIC);
      default -> EnumSet.noneOf(Modifier.class);
    };
    String above = above(type).filter(each -> isOpen(each.asElement())).map(Declarations::text)
        .filter(each -> !each.matches("Object|Record|Enum<.*>|Annotation")).collect(Collectors.joining(", "));
    String kind = type.getKind().name().toLowerCase(Locale.ROOT).replace("annotation_type", "@interface");
    return modifiers(type, implied) + kind + " " + type.getQualifiedName() + parameters(type) + (above.isEmpty() ? "" : " of " + above);
  }

  /** What it declares, and what it has from types that users cannot name. */
  private List<Member> members(TypeElement type) {
    Map<String, Element> found = new LinkedHashMap<>();
    collect(type, found);
    return found.values().stream().filter(each -> !isAddedToEvery(type, each) && !isInternal(each))
        .filter(each -> each.getKind() != ElementKind.CONSTRUCTOR || type.equals(each.getEnclosingElement()))
        .sorted(Comparator.comparing((Element each) -> !each.getKind().isField())
            .thenComparing(each -> each.getSimpleName().toString()))
        .map(each -> new Member(signature(type, each), javadoc(each), isExplained(each))).toList();
  }

  private static void collect(TypeElement type, Map<String, Element> found) {
    // As it is called: what says the same again hides what it has from above.
    type.getEnclosedElements().stream().filter(Declarations::isOpen).filter(Declarations::isCallable)
        .forEach(each -> found.putIfAbsent(each.toString(), each));
    above(type).map(each -> (TypeElement) each.asElement()).filter(each -> !isOpen(each))
        .forEach(each -> collect(each, found));
  }

  private static boolean isCallable(Element member) {
    return member.getKind().isField() || member instanceof ExecutableElement;
  }

  /** By a mark of its own: one of an internal type is left out with it. */
  private static boolean isInternal(Element member) {
    API mark = member.getAnnotation(API.class);
    return mark != null && mark.status() == API.Status.INTERNAL;
  }

  private static Stream<DeclaredType> above(TypeElement type) {
    return Stream.concat(Stream.of(type.getSuperclass()), type.getInterfaces().stream())
        .filter(DeclaredType.class::isInstance).map(DeclaredType.class::cast);
  }

  /** Whoever knows that a type is an object, an enum, or a record of these components knows these. */
  private static boolean isAddedToEvery(TypeElement type, Element member) {
    String name = member.getSimpleName().toString();
    return OF_EVERY_OBJECT.contains(name) || (type.getKind() == ElementKind.ENUM && OF_EVERY_ENUM.contains(name))
        || (member instanceof ExecutableElement method && method.getParameters().isEmpty()
            && components(type).contains(name));
  }

  private static List<String> components(TypeElement type) {
    return type.getRecordComponents().stream().map(each -> each.getSimpleName().toString()).toList();
  }

  private boolean isExplained(Element member) {
    return elements.getOrigin(member) == Elements.Origin.EXPLICIT && member.getAnnotation(Override.class) == null;
  }

  private static String signature(TypeElement of, Element member) {
    Set<Modifier> implied = of.getKind().isInterface() ? EnumSet.of(Modifier.ABSTRACT) : EnumSet.noneOf(Modifier.class);
    if (member instanceof VariableElement field) {
      if (field.getKind() == ElementKind.ENUM_CONSTANT) {
        return field.getSimpleName().toString();
      }
      Object value = field.getConstantValue();
      return modifiers(field, implied) + text(field.asType()) + " " + field.getSimpleName()
          + (value == null ? "" : " = " + (value instanceof String said ? "\"" + said + "\"" : value));
    }
    ExecutableElement method = (ExecutableElement) member;
    String types = parameters(method);
    String takes = method.getParameters().stream().map(each -> taken(method, each)).collect(Collectors.joining(", "));
    String throwing = method.getThrownTypes().stream().map(Declarations::text).collect(Collectors.joining(", "));
    AnnotationValue otherwise = method.getDefaultValue();
    return modifiers(method, implied) + (types.isEmpty() ? "" : types + " ")
        + (method.getKind() == ElementKind.CONSTRUCTOR ? of.getSimpleName()
            : text(method.getReturnType()) + " " + method.getSimpleName())
        + "(" + takes + ")" + (throwing.isEmpty() ? "" : " throws " + throwing)
        + (otherwise == null ? "" : " default " + withoutPackages(otherwise.toString()));
  }

  private static String taken(ExecutableElement by, VariableElement parameter) {
    String type = text(parameter.asType());
    boolean last = by.getParameters().getLast().equals(parameter);
    return (by.isVarArgs() && last ? type.replaceAll("\\[\\]$", "...") : type) + " " + parameter.getSimpleName();
  }

  private static String parameters(Parameterizable of) {
    String all = of.getTypeParameters().stream().map(Declarations::parameter).collect(Collectors.joining(", "));
    return all.isEmpty() ? "" : "<" + all + ">";
  }

  private static String parameter(TypeParameterElement of) {
    String bounds = of.getBounds().stream().map(Declarations::text).filter(each -> !each.equals("Object"))
        .collect(Collectors.joining(" & "));
    return of.getSimpleName() + (bounds.isEmpty() ? "" : " extends " + bounds);
  }

  private static String modifiers(Element of, Set<Modifier> implied) {
    return of.getModifiers().stream().filter(each -> !UNSAID.contains(each) && !implied.contains(each))
        .map(each -> each + " ").collect(Collectors.joining());
  }

  private static String text(TypeMirror type) {
    return type.getKind() == TypeKind.NONE ? "" : withoutPackages(type.toString());
  }

  private static String withoutPackages(String text) {
    return text.replaceAll("(?<=@)(?:[a-z][a-z0-9_]*\\.)+", "").replaceAll("\\b(?:[a-z][a-z0-9_]*\\.)+(?=@?[A-Z])", "")
        .replace(",", ", ").replace(",  ", ", ");
  }
}
