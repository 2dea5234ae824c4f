package dev.scalable.testkit.cli;

import dev.scalable.testkit.backend.Await;
import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.ClusterBuilder;
import dev.scalable.testkit.cluster.Instance;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A cluster for hands-on work. When it ends, only data that was to be kept is left. */
final class RunCommand {
  private static final List<String> APPS = List.of("--app", "--jar", "--command", "--image");
  private static final Set<String> OPTIONS = Set.of("--app", "--jar", "--command", "--image", "--instances", "--port",
      "--data", "--backend", "--readiness", "--instance-header");

  private RunCommand() {}

  /** Starts it, and stays until the JVM is told to end: the shutdown hook of the cluster ends what was started. */
  static int run(List<String> words, PrintStream out) {
    Arguments arguments = Arguments.parse(words, OPTIONS, Set.of("--env"));
    ClusterBuilder builder = Cluster.builder()
        .instances(arguments.number("--instances", 2, 1, 16))
        .port(arguments.number("--port", 8080, 0, 65_535))
        .progress(out::println);
    backend(arguments).ifPresent(builder::backend);
    Optional<Path> data = arguments.value("--data").flatMap(folder -> path("--data", folder, arguments));
    data.ifPresent(builder::dataDirectory);
    AppSpec app = app(arguments);
    if (app != null) {
      builder.app(app);
      builder.mistakes().forEach(arguments::mistake);
    }
    arguments.requireNoMistakes();
    try (Cluster cluster = builder.start()) {
      describe(cluster, data, out);
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
    return Main.OK;
  }

  private static @Nullable AppSpec app(Arguments arguments) {
    List<String> said = APPS.stream().filter(option -> arguments.value(option).isPresent()).toList();
    if (said.size() != 1) {
      arguments.mistake("Say what the app is by one of " + String.join(", ", APPS)
          + (said.isEmpty() ? "" : ", not by several: " + String.join(", ", said)));
    }
    AppSpec app = Stream.of(
            arguments.value("--app").map(AppSpec::mainClass),
            arguments.value("--jar").flatMap(jar -> path("--jar", jar, arguments)).map(AppSpec::jar),
            arguments.value("--command").map(program -> AppSpec.command(program)),
            arguments.value("--image").map(AppSpec::image))
        .flatMap(Optional::stream).findFirst().orElse(null);
    for (String assignment : arguments.values("--env")) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        arguments.mistake("--env needs NAME=VALUE, not \"" + assignment + "\"");
      } else if (app != null) {
        app = app.env(assignment.substring(0, equals), assignment.substring(equals + 1));
      }
    }
    if (app == null) {
      return null;
    }
    app = app.args(arguments.rest().toArray(String[]::new));
    Optional<String> readiness = arguments.value("--readiness");
    if (readiness.isPresent()) {
      app = app.readiness(readiness.get());
    }
    Optional<String> header = arguments.value("--instance-header");
    return header.isPresent() ? app.instanceHeader(header.get()) : app;
  }

  private static Optional<Backend> backend(Arguments arguments) {
    try {
      return arguments.value("--backend").map(name -> Backend.named(name, "--backend"));
    } catch (IllegalArgumentException e) {
      arguments.mistake(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<Path> path(String option, String text, Arguments arguments) {
    try {
      return Optional.of(Path.of(text).toAbsolutePath());
    } catch (InvalidPathException e) {
      arguments.mistake(option + " is no path: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static void describe(Cluster cluster, Optional<Path> data, PrintStream out) {
    out.println();
    out.println("  " + cluster.uri() + "   " + cluster.balancer().version() + ", in front of");
    for (Instance instance : cluster.instances()) {
      out.println("    " + instance.uri() + "   " + instance.id()
          + (cluster.capabilities().contains(Capability.KILL) ? ", process " + instance.pid() : ""));
    }
    if (cluster.capabilities().contains(Capability.POSTGRES)) {
      out.println("    " + cluster.postgres().jdbcUrl() + "   PostgreSQL, user " + cluster.postgres().user()
          + ", password " + cluster.postgres().password());
    }
    if (cluster.capabilities().contains(Capability.REDIS)) {
      out.println("    " + cluster.redis().uri() + "   Redis");
    }
    out.println("  logs in " + cluster.runDirectory());
    out.println("  data " + data.map(folder -> "kept in " + folder)
        .orElse("thrown away at the end (--data DIR keeps it)"));
    out.println();
    out.println("  stop with Ctrl-C");
    out.flush();
  }
}
