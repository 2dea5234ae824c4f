package dev.scalable.testkit.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Bind;
import dev.scalable.testkit.backend.Launch;
import dev.scalable.testkit.backend.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes the containers of the app, and of the steps before it. */
final class AppContainers {
  /** Four instances must fit beside the test on a small machine. */
  private static final List<String> SMALL = List.of("-Xmx128m", "-XX:+UseSerialGC");

  private final Room room;
  private final Images images;
  private final Program app;
  private @Nullable ClassPathVolume classPath;

  AppContainers(Room room, Images images, Program app) {
    this.room = room;
    this.images = images;
    this.app = app;
  }

  /**
   * A container without a network yet.
   *
   * @param flags for a JVM, before those of {@code launch}
   */
  CreateContainerCmd describe(Launch launch, List<String> flags) {
    CreateContainerCmd description = switch (launch.program()) {
      case Program.MainClass main -> {
        List<String> command = java(launch, flags);
        command.addAll(List.of(ClassPathVolume.ARGUMENT, main.name()));
        yield inJava(launch, command);
      }
      case Program.Jar jar -> {
        List<String> command = java(launch, flags);
        command.addAll(List.of("-jar", ClassPathVolume.at(jar.path())));
        yield inJava(launch, command);
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

  private CreateContainerCmd inJava(Launch launch, List<String> command) {
    command.addAll(launch.arguments());
    return room.container(images.java(), launch.name(), files()).withEntrypoint(command);
  }

  private static List<String> java(Launch launch, List<String> flags) {
    List<String> command = new ArrayList<>(List.of("java"));
    command.addAll(SMALL);
    command.addAll(flags);
    command.addAll(launch.jvmFlags());
    return command;
  }

  private synchronized Bind files() {
    ClassPathVolume made = classPath;
    if (made == null) {
      List<Path> jar = app instanceof Program.Jar own ? List.of(own.path()) : List.of();
      made = ClassPathVolume.create(room, images.java(), jar);
      classPath = made;
    }
    return made.bind();
  }

  /** Copies what the app is made of, if it is Java, while other things start. */
  void prepare() {
    if (app instanceof Program.MainClass || app instanceof Program.Jar) {
      files();
    }
  }
}
