package dev.scalable.testkit.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Bind;
import dev.scalable.testkit.backend.Launch;
import dev.scalable.testkit.backend.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * Describes the containers of the app, and of the steps before it.
 *
 * @param app what it is; a command that is run before it is run in the same image
 */
record AppContainers(Room room, Images images, Program app) {
  /** Four instances must fit beside the test on a small machine. */
  private static final List<String> SMALL = List.of("-Xmx128m", "-XX:+UseSerialGC");

  /**
   * A container without a network yet.
   *
   * @param flags for a JVM, before those of {@code launch}
   */
  CreateContainerCmd describe(Launch launch, List<String> flags) {
    CreateContainerCmd description = switch (launch.program()) {
      case Program.MainClass main -> {
        JavaFiles files = JavaFiles.ofClassPath();
        yield java(launch, flags, files, List.of("-cp", files.argument()), List.of(main.name()));
      }
      case Program.Jar jar -> {
        JavaFiles files = JavaFiles.of(jar.path());
        yield java(launch, flags, files, List.of(), List.of("-jar", files.argument()));
      }
      case Program.Image image -> room.container(image.name(), launch.name()).withCmd(launch.arguments());
      case Program.Command command -> {
        List<String> words = new ArrayList<>(command.words());
        words.addAll(launch.arguments());
        String image = app instanceof Program.Image own ? own.name() : images.java();
        yield room.container(image, launch.name()).withEntrypoint(words);
      }
      case Program.Running running -> throw new IllegalArgumentException("it runs already: " + running);
    };
    return description.withEnv(launch.environment().entrySet().stream()
        .map(variable -> variable.getKey() + "=" + variable.getValue())
        .toList());
  }

  private CreateContainerCmd java(
      Launch launch, List<String> flags, JavaFiles files, List<String> classPath, List<String> program) {
    List<String> command = new ArrayList<>(List.of("java"));
    command.addAll(SMALL);
    command.addAll(flags);
    command.addAll(classPath);
    command.addAll(launch.jvmFlags());
    command.addAll(program);
    command.addAll(launch.arguments());
    return room.container(images.java(), launch.name(), files.binds().toArray(Bind[]::new)).withEntrypoint(command);
  }
}
