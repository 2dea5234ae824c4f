package dev.scalable.testkit.cluster;

import dev.scalable.testkit.nginx.NginxConf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of a changed template, by their path. */
final class BalancerTemplate {
  private BalancerTemplate() {}

  /**
   * Reads those files of {@code folder} that the shipped template has too.
   *
   * @throws IllegalArgumentException if there is none, so that nothing would be changed
   */
  static Map<String, String> read(@Nullable Path folder) {
    Map<String, String> changed = new LinkedHashMap<>();
    if (folder == null) {
      return changed;
    }
    for (String name : NginxConf.SHIPPED) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        try {
          changed.put(name, Files.readString(file));
        } catch (IOException e) {
          throw new UncheckedIOException("cannot read " + file, e);
        }
      }
    }
    if (changed.isEmpty()) {
      throw new IllegalArgumentException("balancerTemplate: " + folder + " has none of the files of the shipped"
          + " template, which are " + NginxConf.SHIPPED);
    }
    return changed;
  }
}
