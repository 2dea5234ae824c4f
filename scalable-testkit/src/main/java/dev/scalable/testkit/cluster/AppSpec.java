package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Launch;
import dev.scalable.testkit.backend.Program;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The app whose instances make the cluster, in any language, and how it is told its settings. Immutable; every method
 * returns a changed copy.
 *
 * <p>Arguments, flags and values of the environment may hold these variables, replaced for each instance:
 * <pre>
 * ${HOST}         the address to listen on       ${JDBC_URL}     of the cluster's PostgreSQL, without the account
 * ${PORT}         and the port                   ${DB_URL}       postgresql://user:password@host:port/database
 * ${INSTANCE_ID}  app-1, app-2, ...              ${DB_HOST}, ${DB_PORT}, ${DB_NAME}, ${DB_USER}, ${DB_PASSWORD}
 * ${INSTANCES}    how many were asked for        ${REDIS_URL}    redis://host:port
 *                                                ${REDIS_HOST}, ${REDIS_PORT}
 * </pre>
 *
 * <p>A framework can say once for all of its apps how they are told, in the class path resource {@code
 * META-INF/scalable-testkit/app.properties} with the keys {@code env.NAME}, {@code readiness} and {@code
 * instance.header}. It counts for {@link #mainClass} and {@link #jar}; what is said here wins over it. Commands and
 * images get every variable above in the environment under its own name.
 */
public final class AppSpec {
  private final Program program;
  private final List<String> arguments;
  private final List<String> jvmFlags;
  private final Map<String, String> environment;
  private final String readiness;
  private final String instanceHeader;
  private final @Nullable Migration migration;

  private AppSpec(Program program, List<String> arguments, List<String> jvmFlags, Map<String, String> environment,
      String readiness, String instanceHeader, @Nullable Migration migration) {
    this.program = program;
    this.arguments = List.copyOf(arguments);
    this.jvmFlags = List.copyOf(jvmFlags);
    this.environment = Map.copyOf(environment);
    this.readiness = readiness;
    this.instanceHeader = instanceHeader;
    this.migration = migration;
  }

  /** A program that is run once before the instances, and its arguments. */
  private record Migration(Program program, List<String> arguments) {}

  /** The app that {@code mainClass}, a binary class name, starts, with the settings that its framework ships. */
  public static AppSpec mainClass(String mainClass) {
    return java(new Program.MainClass(mainClass));
  }

  /** The app that {@code mainClass} starts, with the settings that its framework ships. */
  public static AppSpec mainClass(Class<?> mainClass) {
    return mainClass(mainClass.getName());
  }

  /** The app in an executable jar, with the settings that the frameworks on the class path of the test ship. */
  public static AppSpec jar(Path jar) {
    return java(new Program.Jar(jar.toAbsolutePath()));
  }

  /** The app in a container image, started by its entry point; only containers can be made of it. */
  public static AppSpec image(String name) {
    return plain(new Program.Image(name));
  }

  /**
   * The app that a command starts, such as {@code command("node", "server.js")}. As a process of this machine it runs
   * in the folder that the test JVM runs in, and a kill or pause reaches the workers that it forks, too.
   */
  public static AppSpec command(String program, String... firstArguments) {
    return plain(new Program.Command(joined(List.of(program), firstArguments)));
  }

  /**
   * An app that runs already behind {@code balancer}, somewhere: nothing is started. Say by {@link #instanceAt}, {@link
   * #postgresAt} and {@link #redisAt} what can be reached of it; what cannot the cluster does not have.
   */
  public static AppSpec running(URI balancer) {
    return plain(new Program.Running(balancer, Map.of(), null, null));
  }

  private static AppSpec java(Program program) {
    AppDefaults defaults = AppDefaults.load();
    return new AppSpec(program, List.of(), List.of(), defaults.environment(), defaults.readiness(),
        defaults.instanceHeader(), null);
  }

  private static AppSpec plain(Program program) {
    Map<String, String> environment = new LinkedHashMap<>();
    if (!(program instanceof Program.Running)) {
      Variables.NAMES.forEach(name -> environment.put(name, "${" + name + "}"));
    }
    return new AppSpec(program, List.of(), List.of(), environment, AppDefaults.READINESS, AppDefaults.INSTANCE_HEADER,
        null);
  }

  /** Adds arguments of the program. */
  public AppSpec args(String... more) {
    return new AppSpec(program, joined(arguments, more), jvmFlags, environment, readiness, instanceHeader, migration);
  }

  /**
   * Adds flags of the JVM, if the program is one. They come after, and so win over, {@code -Xmx128m -XX:+UseSerialGC}
   * and the class path of a main class. {@code @FILE} stands for what is in that file at each start.
   */
  public AppSpec jvm(String... more) {
    return new AppSpec(program, arguments, joined(jvmFlags, more), environment, readiness, instanceHeader, migration);
  }

  /**
   * Sets a variable of the environment, which is otherwise that of the test JVM without its JVM options, or that of the
   * image.
   */
  public AppSpec env(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(environment);
    changed.put(name, value);
    return new AppSpec(program, arguments, jvmFlags, changed, readiness, instanceHeader, migration);
  }

  /**
   * The path that is answered with a 2xx status and the instance header when an instance takes traffic; {@code
   * /health/ready} if nothing is said.
   */
  public AppSpec readiness(String path) {
    return new AppSpec(program, arguments, jvmFlags, environment, path, instanceHeader, migration);
  }

  /** The response header that carries the instance id in every answer; {@code X-Instance-Id} if nothing is said. */
  public AppSpec instanceHeader(String name) {
    return new AppSpec(program, arguments, jvmFlags, environment, readiness, name, migration);
  }

  /**
   * A step that is run to its end once, when PostgreSQL and Redis are up and before the first instance: the main class
   * and its arguments, in the environment of an instance whose id is {@code migrate} and whose port is 0. If its exit
   * code is not 0 the cluster does not start.
   */
  public AppSpec migrate(String migrationClass, String... args) {
    return migration(new Migration(new Program.MainClass(migrationClass), List.of(args)));
  }

  /** Such a step as {@link #migrate} takes, as a command; that of an app in an image is run in that image. */
  public AppSpec migrateByCommand(String command, String... args) {
    return migration(new Migration(new Program.Command(joined(List.of(command), args)), List.of()));
  }

  /** Tells of an instance of an app that runs already: its id in the instance header, and its own address. */
  public AppSpec instanceAt(String id, URI address) {
    Program.Running known = running();
    Map<String, URI> instances = new LinkedHashMap<>(known.instances());
    instances.put(id, address);
    return running(new Program.Running(known.balancer(), instances, known.postgres(), known.redis()));
  }

  /** Tells where the database of an app that runs already can be reached, for checks of its data. */
  public AppSpec postgresAt(String jdbcUrl, String user, String password) {
    Program.Running known = running();
    return running(new Program.Running(
        known.balancer(), known.instances(), new Program.Database(jdbcUrl, user, password), known.redis()));
  }

  /** Tells where the Redis of an app that runs already can be reached. */
  public AppSpec redisAt(URI address) {
    Program.Running known = running();
    return running(new Program.Running(known.balancer(), known.instances(), known.postgres(), address));
  }

  Program program() {
    return program;
  }

  String readiness() {
    return readiness;
  }

  String instanceHeader() {
    return instanceHeader;
  }

  boolean hasMigration() {
    return migration != null;
  }

  /** How the instance {@code name} is started. */
  Launch launch(String name, Variables variables) {
    return launch(name, program, arguments, variables);
  }

  /** How the migration is started, if there is one. */
  Launch migration(Variables variables) {
    if (migration == null) {
      throw new IllegalStateException("there is no migration");
    }
    return launch("migrate", migration.program, migration.arguments, variables.with("migrate", "127.0.0.1", 0));
  }

  private Launch launch(String name, Program what, List<String> words, Variables variables) {
    Program expanded = what instanceof Program.Command command
        ? new Program.Command(command.words().stream().map(variables::expand).toList())
        : what;
    Map<String, String> settings = new LinkedHashMap<>();
    environment.forEach((key, value) -> settings.put(key, variables.expand(value)));
    return new Launch(name, expanded, jvmFlags.stream().map(variables::expand).toList(),
        words.stream().map(variables::expand).toList(), settings);
  }

  /** What is wrong with this, each as a sentence; empty if nothing is. */
  List<String> mistakes() {
    List<String> mistakes = new ArrayList<>();
    List<String> texts = new ArrayList<>(arguments);
    texts.addAll(jvmFlags);
    texts.addAll(environment.values());
    if (program instanceof Program.Command command) {
      texts.addAll(command.words());
    }
    texts.forEach(text -> Variables.check(text, mistakes::add));
    if (!(program instanceof Program.Running) && texts.stream().noneMatch(text -> text.contains(Variables.PORT))) {
      mistakes.add("nothing tells the app its port: use ${PORT} in env, args or jvm of the AppSpec");
    }
    if (!readiness.startsWith("/")) {
      mistakes.add("the readiness path must begin with a slash: \"" + readiness + "\"");
    }
    requireProgram(program, mistakes);
    if (program instanceof Program.Running running) {
      mistakes.addAll(RunningCluster.mistakes(running));
      if (migration != null) {
        mistakes.add("a cluster that runs already takes no migration");
      }
    }
    if (migration != null) {
      requireProgram(migration.program, mistakes);
    }
    return mistakes;
  }

  private static void requireProgram(Program program, List<String> mistakes) {
    if (program instanceof Program.MainClass main
        && ClassLoader.getSystemResource(main.name().replace('.', '/') + ".class") == null) {
      mistakes.add("there is no class " + main.name() + " on the class path of the test");
    }
    if (program instanceof Program.Jar jar && !Files.isReadable(jar.path())) {
      mistakes.add("there is no jar " + jar.path() + ": has it been built?");
    }
  }

  private AppSpec migration(Migration step) {
    return new AppSpec(program, arguments, jvmFlags, environment, readiness, instanceHeader, step);
  }

  private AppSpec running(Program.Running other) {
    return new AppSpec(other, arguments, jvmFlags, environment, readiness, instanceHeader, migration);
  }

  private Program.Running running() {
    if (program instanceof Program.Running running) {
      return running;
    }
    throw new IllegalStateException("addresses can be told only of an app that runs already: AppSpec.running(uri)");
  }

  private static List<String> joined(List<String> first, String... more) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return all;
  }
}
