package dev.scalable.consumers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Maven as the user has it, but with a repository of this build, where the library lies. All else is copied there from
 * the user's own repository, and what is missing in that is had from where the user's settings say: nothing is fetched
 * twice, and nothing is left in the user's.
 */
final class Maven {

  private Maven() {}

  /** Runs Maven in a folder, with these arguments. */
  static Command run(Path folder, String... arguments) throws IOException, InterruptedException {
    Path global = Files.createTempFile("settings", ".xml");
    try {
      new MavenSettings(Path.of(setting("consumers.global")))
          .withRepository("downloaded", Path.of(setting("consumers.downloaded"))).write(global);
      List<String> line = new ArrayList<>(List.of(setting("consumers.maven"), "-B", "-ntp", "-gs", global.toString(),
          "-Dmaven.repo.local=" + setting("consumers.repository")));
      if (Files.exists(Path.of(setting("consumers.settings")))) {
        line.addAll(List.of("-s", setting("consumers.settings")));
      }
      if (Boolean.getBoolean("consumers.offline")) {
        line.addAll(List.of("-o", "-Daether.offline.protocols=file"));
      }
      line.addAll(List.of(arguments));
      return Command.run(folder, line);
    } finally {
      Files.delete(global);
    }
  }

  private static String setting(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException("The system property " + name + " is missing: mvn verify sets it, by pom.xml");
    }
    return value;
  }
}
