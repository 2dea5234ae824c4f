package dev.scalable.check;

import java.security.CodeSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which classes are the app's own, so that their fields are its business: those that lie in a jar or folder together
 * with a component, a module or an injected class. This library is among them and declares its own state with {@link
 * SharedState}; classes of vendors are not. Where all jars were merged into one, those in or below the packages of such
 * classes.
 */
final class AppClasses {

  private final Set<String> places = new HashSet<>();
  private final Set<String> packages = new HashSet<>();
  /** What was asked before; there are fewer classes than objects. */
  private final Map<Class<?>, Boolean> owned = new HashMap<>();
  private final boolean merged;

  private AppClasses(boolean merged) {
    this.merged = merged;
  }

  /** The classes that a proof tells of, looked up where the component was. Those that are gone since are left out. */
  static AppClasses of(Class<?> component, Proof proof) {
    String library = place(StatelessCheck.class);
    // Dagger comes in a jar of its own, unless a build has merged all.
    AppClasses app = new AppClasses(library != null && library.equals(place(dagger.Component.class)));
    app.add(StatelessCheck.class);
    app.add(component);
    proof.appClasses().forEach(name -> app.add(name, component.getClassLoader()));
    return app;
  }

  private void add(String name, ClassLoader loader) {
    try {
      add(Class.forName(name, false, loader));
    } catch (ClassNotFoundException | LinkageError e) {
      // Taken out since it was compiled: nothing in its place can be met either.
    }
  }

  private void add(Class<?> type) {
    String place = place(type);
    if (place != null) {
      places.add(place);
    }
    packages.add(type.getPackageName());
  }

  boolean owns(Class<?> type) {
    return owned.computeIfAbsent(type, this::isOwn);
  }

  private boolean isOwn(Class<?> type) {
    if (merged) {
      String name = type.getPackageName();
      return packages.stream().anyMatch(own -> name.equals(own) || name.startsWith(own + "."));
    }
    String place = place(type);
    return place != null && places.contains(place);
  }

  /** Whether a class is of this library, which a user need not read of. */
  boolean isLibrary(Class<?> type) {
    String place = place(type);
    return !merged && place != null && place.equals(place(StatelessCheck.class));
  }

  /** The jar or folder; null for the JDK's classes and for those made at run time without one. */
  private static @Nullable String place(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null ? null : source.getLocation().toString();
  }
}
