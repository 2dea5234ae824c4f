package dev.scalable.deploy.kubernetes;

import java.nio.file.Path;

/**
 * Where something was written.
 *
 * @param file the file, relative to deploy-templates
 * @param line its line, from 1; 0 where the file as a whole is meant
 * @param column its column, from 1; 0 as above
 */
public record Place(Path file, int line, int column) {

  public static Place of(Path file) {
    return new Place(file, 0, 0);
  }

  @Override
  public String toString() {
    return line == 0 ? file.toString() : file + ":" + line + ":" + column;
  }
}
