package dev.scalable.testkit.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The app whose instances make the cluster: a main class on the class path of the test, and how it is told its
 * settings. Immutable; every method returns a changed copy.
 *
 * <p>Arguments, flags and values of the environment may hold these variables, replaced for each instance:
 * <pre>
 * ${PORT}         the port to listen on          ${JDBC_URL}     of the cluster's PostgreSQL
 * ${INSTANCE_ID}  app-1, app-2, ...              ${DB_USER}      its account
 * ${INSTANCES}    how many were asked for        ${DB_PASSWORD}  and password
 *                                                ${REDIS_URL}    redis://host:port
 * </pre>
 *
 * <p>A framework can say this once for all of its apps, in the class path resource
 * {@code META-INF/scalable-testkit/app.properties} with the keys {@code env.NAME}, {@code readiness} and
 * {@code instance.header}. What is said here wins over it.
 */
public final class AppSpec {
  private final String mainClass;
  private final List<String> arguments;
  private final List<String> jvmFlags;
  private final Map<String, String> environment;
  private final String readiness;
  private final String instanceHeader;
  private final List<String> migration;

  private AppSpec(String mainClass, List<String> arguments, List<String> jvmFlags, Map<String, String> environment,
      String readiness, String instanceHeader, List<String> migration) {
    this.mainClass = mainClass;
    this.arguments = List.copyOf(arguments);
    this.jvmFlags = List.copyOf(jvmFlags);
    this.environment = Map.copyOf(environment);
    this.readiness = readiness;
    this.instanceHeader = instanceHeader;
    this.migration = List.copyOf(migration);
  }

  /** The app that {@code mainClass}, a binary class name, starts, with the settings that its framework ships. */
  public static AppSpec mainClass(String mainClass) {
    AppDefaults defaults = AppDefaults.load();
    return new AppSpec(mainClass, List.of(), List.of(), defaults.environment(), defaults.readiness(),
        defaults.instanceHeader(), List.of());
  }

  /** The app that {@code mainClass} starts, with the settings that its framework ships. */
  public static AppSpec mainClass(Class<?> mainClass) {
    return mainClass(mainClass.getName());
  }

  /** Adds arguments of the main method. */
  public AppSpec args(String... more) {
    return new AppSpec(
        mainClass, joined(arguments, more), jvmFlags, environment, readiness, instanceHeader, migration);
  }

  /** Adds flags of the JVM. They come after, and so win over, {@code -Xmx128m -XX:+UseSerialGC}. */
  public AppSpec jvm(String... more) {
    return new AppSpec(
        mainClass, arguments, joined(jvmFlags, more), environment, readiness, instanceHeader, migration);
  }

  /** Sets a variable of the environment, which is otherwise that of the test JVM without its JVM options. */
  public AppSpec env(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(environment);
    changed.put(name, value);
    return new AppSpec(mainClass, arguments, jvmFlags, changed, readiness, instanceHeader, migration);
  }

  /**
   * The path that is answered with a 2xx status and the instance header when an instance takes traffic; {@code
   * /health/ready} if nothing is said.
   */
  public AppSpec readiness(String path) {
    return new AppSpec(mainClass, arguments, jvmFlags, environment, path, instanceHeader, migration);
  }

  /** The response header that carries the instance id in every answer; {@code X-Instance-Id} if nothing is said. */
  public AppSpec instanceHeader(String name) {
    return new AppSpec(mainClass, arguments, jvmFlags, environment, readiness, name, migration);
  }

  /**
   * A step that is run to its end once, when PostgreSQL and Redis are up and before the first instance: the main class
   * and its arguments, in the environment of an instance whose id is {@code migrate} and whose port is 0. If its exit
   * code is not 0 the cluster does not start.
   */
  public AppSpec migrate(String migrationClass, String... args) {
    return new AppSpec(mainClass, arguments, jvmFlags, environment, readiness, instanceHeader,
        joined(List.of(migrationClass), args));
  }

  String mainClass() {
    return mainClass;
  }

  List<String> arguments() {
    return arguments;
  }

  List<String> jvmFlags() {
    return jvmFlags;
  }

  Map<String, String> environment() {
    return environment;
  }

  String readiness() {
    return readiness;
  }

  String instanceHeader() {
    return instanceHeader;
  }

  /** Main class and arguments of the migration; empty if there is none. */
  List<String> migration() {
    return migration;
  }

  /** What is wrong with this, each as a sentence; empty if nothing is. */
  List<String> mistakes() {
    List<String> mistakes = new ArrayList<>();
    List<String> texts = new ArrayList<>(arguments);
    texts.addAll(jvmFlags);
    texts.addAll(environment.values());
    texts.forEach(text -> Variables.check(text, mistakes::add));
    if (texts.stream().noneMatch(text -> text.contains(Variables.PORT))) {
      mistakes.add("nothing tells the app its port: use ${PORT} in env, args or jvm of the AppSpec");
    }
    if (!readiness.startsWith("/")) {
      mistakes.add("the readiness path must begin with a slash: \"" + readiness + "\"");
    }
    requireOnClassPath(mainClass, mistakes);
    if (!migration.isEmpty()) {
      requireOnClassPath(migration.get(0), mistakes);
    }
    return mistakes;
  }

  private static void requireOnClassPath(String className, List<String> mistakes) {
    if (ClassLoader.getSystemResource(className.replace('.', '/') + ".class") == null) {
      mistakes.add("there is no class " + className + " on the class path of the test");
    }
  }

  private static List<String> joined(List<String> first, String... more) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return all;
  }
}
