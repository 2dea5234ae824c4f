package dev.scalable.check;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One walk through the objects that answer requests. Each object is visited once, so circles end, and those nearest to
 * a root come first, so that a finding has the shortest path.
 *
 * <p>A lambda's class is hidden and has no source, but the variables that it has captured are its final fields like any
 * other's. The class around the lambda is found by its name, since what is captured by nobody may still lie in a static
 * field there.
 */
final class ObjectWalk {

  /** More than any app keeps behind a handler: a longer walk is in something's data, and goes on with the next root. */
  private static final int MOST_OBJECTS = 10_000;
  /** A long list is data; what its first elements are, the others will be. */
  private static final int MOST_ELEMENTS = 1_000;

  /** What the JDK's collections that cannot be changed are called; their classes are not public. */
  private static final List<String> FIXED = List.of("java.util.ImmutableCollections$",
      "java.util.Collections$Unmodifiable", "java.util.Collections$Empty", "java.util.Collections$Singleton",
      "java.util.Collections$CopiesList");

  private static final String LAMBDA = "$$Lambda";

  private static final String CONTRACT = "dev.scalable.http.";

  private final AppClasses app;
  private final Set<String> sharedTypes;
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Class<?>> scanned = new HashSet<>();
  private final Map<Class<?>, Optional<String>> reasons = new HashMap<>();
  private final Deque<Step> todo = new ArrayDeque<>();
  private final List<String> findings = new ArrayList<>();

  /**
   * An object and how it was reached.
   *
   * @param path what a finding says of the object itself
   * @param through what findings behind it say; shorter where the way to it needs no mention
   * @param object the object
   */
  private record Step(String path, String through, Object object) {}

  private ObjectWalk(AppClasses app, Set<String> sharedTypes) {
    this.app = app;
    this.sharedTypes = sharedTypes;
  }

  /** What holds state, each place once, in the order of the roots. */
  static List<String> from(List<StatelessCheck.Root> roots, AppClasses app, Set<String> sharedTypes) {
    ObjectWalk walk = new ObjectWalk(app, sharedTypes);
    for (StatelessCheck.Root root : roots) {
      walk.reach(root.name(), root.name(), root.object());
      for (int i = 0; i < MOST_OBJECTS && !walk.todo.isEmpty(); i++) {
        walk.visit(walk.todo.remove());
      }
      walk.todo.clear();
    }
    return walk.findings;
  }

  private void reach(String path, String through, @Nullable Object object) {
    if (object != null && seen.add(object)) {
      todo.add(new Step(path, through, object));
    }
  }

  private void visit(Step step) {
    String path = step.path();
    Object object = step.object();
    Class<?> type = object.getClass();
    if (type.isAnnotationPresent(SharedState.class)) {
      return;
    }
    if (type.isArray()) {
      if (Array.getLength(object) > 0) {
        found(path, type, JdkTypes.ARRAY);
      }
      return;
    }
    boolean own = app.owns(type);
    if (!own && isFixed(object)) {
      elements(object).forEach(element -> reach(path, step.through(), element));
      return;
    }
    String reason = reasons.computeIfAbsent(type, each -> Optional.ofNullable(JdkTypes.whyMutable(lineage(each))))
        .orElse(null);
    if (reason == null && !own && (object instanceof Collection || object instanceof Map)) {
      reason = "it can be added to";
    }
    if (reason != null) {
      found(path, type, reason);
    } else if (own) {
      fields(step.through(), type, object);
    } else if (object instanceof Optional<?> optional) {
      reach(path, step.through(), optional.orElse(null));
    } else if (object instanceof Map.Entry<?, ?> entry) {
      reach(path, step.through(), entry.getKey());
      reach(path, step.through(), entry.getValue());
    } else if (Proxy.isProxyClass(type)) {
      reach(path, step.through(), Proxy.getInvocationHandler(object));
    }
  }

  /** The fields of an object of the app's own; static ones once for each class. */
  private void fields(String through, Class<?> type, Object object) {
    String inside = isLambda(type) ? through + " -> lambda in " + name(host(type)) : through;
    Class<?> source = isLambda(type) ? host(type) : type;
    for (Class<?> each = source; each != null && app.owns(each); each = each.getSuperclass()) {
      statics(inside, each);
    }
    for (Class<?> each = type; each != null && app.owns(each); each = each.getSuperclass()) {
      if (each.isAnnotationPresent(SharedState.class)) {
        continue;
      }
      for (Field field : each.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          String path = inside + " -> " + label(field);
          field(path, isLambda(each) || app.isLibrary(each) ? inside : path, field, object);
        }
      }
    }
  }

  private void statics(String inside, Class<?> type) {
    if (!scanned.add(type) || type.isAnnotationPresent(SharedState.class)) {
      return;
    }
    for (Field field : type.getDeclaredFields()) {
      // Synthetic ones are made by tools: the values of an enum, the tables of switches over it, counts of coverage.
      if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
        String path = inside + " -> static " + label(field);
        field(path, path, field, null);
      }
    }
  }

  private void field(String path, String through, Field field, @Nullable Object holder) {
    if (field.isAnnotationPresent(SharedState.class) || sharedTypes.contains(field.getType().getName())
        || isContent(field)) {
      return;
    }
    if (!Modifier.isFinal(field.getModifiers())) {
      found(path, field.getType(), "it is not final, so that it can be set after the start");
    } else if (!field.getType().isPrimitive() && field.trySetAccessible()) {
      try {
        reach(path, through, field.get(holder));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("A field that was made accessible is not: " + field, e);
      }
    }
  }

  /** Bytes of a file or of an answer, in the contract's own types: those that make answers keep them, and change none. */
  private static boolean isContent(Field field) {
    return field.getType() == byte[].class && field.getDeclaringClass().getName().startsWith(CONTRACT);
  }

  private void found(String path, Class<?> type, String reason) {
    findings.add(path + ": " + name(type) + "; " + reason);
  }

  /** Whether a collection cannot be changed: known by its class, or because it says so when nothing is added to it. */
  private static boolean isFixed(Object object) {
    if (!(object instanceof Collection || object instanceof Map)) {
      return false;
    }
    if (FIXED.stream().anyMatch(object.getClass().getName()::startsWith)) {
      return true;
    }
    try {
      if (object instanceof Map<?, ?> map) {
        map.putAll(Map.of());
      } else {
        ((Collection<?>) object).addAll(List.of());
      }
      return false;
    } catch (UnsupportedOperationException e) {
      return true;
    }
  }

  private static List<@Nullable Object> elements(Object collection) {
    List<@Nullable Object> all = new ArrayList<>();
    if (collection instanceof Map<?, ?> map) {
      map.keySet().stream().limit(MOST_ELEMENTS).forEach(all::add);
      map.values().stream().limit(MOST_ELEMENTS).forEach(all::add);
    } else {
      ((Collection<?>) collection).stream().limit(MOST_ELEMENTS).forEach(all::add);
    }
    return all;
  }

  private static List<JdkTypes.Ancestor> lineage(Class<?> type) {
    Map<Class<?>, JdkTypes.Ancestor> all = new LinkedHashMap<>();
    Deque<Class<?>> rest = new ArrayDeque<>(List.of(type));
    while (!rest.isEmpty()) {
      Class<?> each = rest.remove();
      String name = each.getCanonicalName() == null ? each.getName() : each.getCanonicalName();
      boolean concrete = !Modifier.isAbstract(each.getModifiers());
      if (all.putIfAbsent(each, new JdkTypes.Ancestor(name, concrete)) == null) {
        if (each.getSuperclass() != null) {
          rest.add(each.getSuperclass());
        }
        rest.addAll(List.of(each.getInterfaces()));
      }
    }
    return List.copyOf(all.values());
  }

  private static boolean isLambda(Class<?> type) {
    return type.isHidden() && type.getName().contains(LAMBDA);
  }

  /** The class whose source has the lambda. */
  private static Class<?> host(Class<?> lambda) {
    String name = lambda.getName().substring(0, lambda.getName().indexOf(LAMBDA));
    try {
      return Class.forName(name, false, lambda.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("There is a lambda of " + name + ", but not the class itself", e);
    }
  }

  private static String label(Field field) {
    Class<?> holder = field.getDeclaringClass();
    if (isLambda(holder)) {
      return "captured variable";
    }
    // What a local or anonymous class has captured is called val$name.
    return field.getName().startsWith("val$") ? "captured " + field.getName().substring("val$".length())
        : name(holder) + "." + field.getName();
  }

  /** The name without its package, as in the source. */
  private static String name(Class<?> type) {
    String full = type.getTypeName();
    return full.substring(full.lastIndexOf('.') + 1).replace('$', '.');
  }
}
