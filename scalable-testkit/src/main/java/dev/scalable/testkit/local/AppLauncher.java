package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.backend.Launch;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.Program;
import dev.scalable.testkit.run.Role;
import dev.scalable.testkit.run.Run;
import dev.scalable.testkit.run.SearchPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts the app's processes; those of Java with the java that runs the test. */
final class AppLauncher {
  /** Four instances must fit beside the test on a small machine. */
  private static final List<String> SMALL = List.of("-Xmx128m", "-XX:+UseSerialGC");

  /** For a process that ends before the second compiler has paid off. */
  private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1");

  private static final Path HERE = Path.of("").toAbsolutePath();

  private final Run run;
  private final Path classPath;

  private AppLauncher(Run run, Path classPath) {
    this.run = run;
    this.classPath = classPath;
  }

  static AppLauncher in(Run run) {
    return new AppLauncher(run, writeClassPath(run.directory()));
  }

  /** Starts it, and returns at once. */
  Node launch(Launch launch) {
    return launch(launch, List.of());
  }

  /** Runs it to its end. */
  void run(Launch launch, Duration limit) {
    launch(launch, SHORT_LIVED).awaitSuccess("the step " + launch.name() + " (" + launch.program() + ")", limit);
  }

  private Node launch(Launch launch, List<String> flags) {
    List<String> command = new ArrayList<>();
    switch (launch.program()) {
      case Program.MainClass main -> {
        command.addAll(java(launch, flags, "@" + classPath));
        command.add(main.name());
      }
      case Program.Jar jar -> {
        command.addAll(java(launch, flags));
        command.addAll(List.of("-jar", jar.path().toString()));
      }
      case Program.Command any -> command.addAll(any.words());
      case Program.Image image -> throw new IllegalArgumentException("no process of this machine: " + image);
      case Program.Running running -> throw new IllegalArgumentException("it runs already: " + running);
    }
    command.addAll(launch.arguments());
    Path folder = run.directory();
    if (launch.program() instanceof Program.Command any) {
      folder = HERE; // where "server.js" and "./server" are meant
      requireProgram(any.words().get(0), launch);
    }
    return run.launch(Role.APP, launch.name(), folder, command, launch.environment());
  }

  /** So that what is missing is said better than by the shell. */
  private static void requireProgram(String program, Launch launch) {
    if (program.contains("/")) {
      if (!Files.isExecutable(HERE.resolve(program))) {
        throw new ClusterException(launch.name() + " cannot be started: " + HERE.resolve(program)
            + ", the command's program, is not a file that can be executed");
      }
    } else if (!launch.environment().containsKey("PATH") && SearchPath.find(program).isEmpty()) {
      throw new ClusterException(launch.name() + " cannot be started: the command's program \"" + program
          + "\" is in none of the folders of PATH, which are " + SearchPath.folders());
    }
  }

  /** What the launch says comes last, and so wins. */
  private static List<String> java(Launch launch, List<String> flags, String... classPath) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SMALL);
    command.addAll(flags);
    command.addAll(List.of(classPath));
    command.addAll(launch.jvmFlags());
    return command;
  }

  /** By a file of arguments, since a class path can be longer than a command line may be. */
  private static Path writeClassPath(Path folder) {
    String quoted = System.getProperty("java.class.path").replace("\\", "\\\\").replace("\"", "\\\"");
    try {
      return Files.writeString(folder.resolve("class-path"), "-cp \"" + quoted + "\"\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the class path of the app into " + folder, e);
    }
  }
}
