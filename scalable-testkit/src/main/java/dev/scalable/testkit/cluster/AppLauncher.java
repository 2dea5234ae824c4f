package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts the app's JVMs, with the java that runs the test and the test's class path. */
final class AppLauncher {
  private static final Duration MIGRATION_LIMIT = Duration.ofMinutes(5);

  /** Four instances must fit beside the test on a small machine. */
  private static final List<String> SMALL = List.of("-Xmx128m", "-XX:+UseSerialGC");
  /** A process that ends before the second compiler has paid off. */
  private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1");

  private final NodeLauncher launcher;
  private final AppSpec app;
  private final int instances;
  private final PostgresNode postgres;
  private final RedisNode redis;
  private final Path classPath;

  AppLauncher(NodeLauncher launcher, AppSpec app, int instances, PostgresNode postgres, RedisNode redis) {
    this.launcher = launcher;
    this.app = app;
    this.instances = instances;
    this.postgres = postgres;
    this.redis = redis;
    this.classPath = writeClassPath(launcher.run().path());
  }

  /** Starts the instance {@code id} on {@code port}. */
  Node launch(String id, int port) {
    List<String> main = new ArrayList<>(List.of(app.mainClass()));
    main.addAll(app.arguments());
    return launch(id, port, List.of(), main);
  }

  /** Runs the migration, if the app has one, to its end. */
  void migrate() {
    if (!app.migration().isEmpty()) {
      launch("migrate", 0, SHORT_LIVED, app.migration()).awaitSuccess("the migration " + app.migration(), MIGRATION_LIMIT);
    }
  }

  private Node launch(String id, int port, List<String> flags, List<String> main) {
    Variables variables = Variables.of(port, id, instances, postgres, redis);
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(SMALL);
    command.addAll(flags);
    app.jvmFlags().forEach(flag -> command.add(variables.expand(flag)));
    command.add("@" + classPath);
    main.forEach(word -> command.add(variables.expand(word)));
    Map<String, String> environment = new LinkedHashMap<>();
    app.environment().forEach((name, value) -> environment.put(name, variables.expand(value)));
    return launcher.launch(NodeLauncher.Role.APP, id, command, environment);
  }

  /** By a file of arguments, since a class path can be longer than a command line may be. */
  private static Path writeClassPath(Path run) {
    String quoted = System.getProperty("java.class.path").replace("\\", "\\\\").replace("\"", "\\\"");
    try {
      return Files.writeString(run.resolve("class-path"), "-cp \"" + quoted + "\"\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the class path of the app into " + run, e);
    }
  }
}
