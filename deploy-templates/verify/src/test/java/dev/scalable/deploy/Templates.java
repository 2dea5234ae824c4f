package dev.scalable.deploy;

import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the templates are, from the folder in which the build runs the tests of this module. */
public final class Templates {

  private static final Path ALL = Stream.of("..", "deploy-templates").map(Path::of).map(Path::toAbsolutePath).map(Path::normalize)
      .filter(folder -> folder.resolve("nginx/nginx.conf").toFile().isFile()).findFirst().orElseThrow();

  private Templates() {}

  /** All of them. */
  public static Path all() {
    return ALL;
  }

  /** The folder of one of them. */
  public static Path folder(String name) {
    return ALL.resolve(name);
  }
}
