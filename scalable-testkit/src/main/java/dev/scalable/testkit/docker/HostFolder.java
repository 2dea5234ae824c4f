package dev.scalable.testkit.docker;

import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.SELContext;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of this machine that a container uses. */
final class HostFolder {
  private HostFolder() {}

  /** The folder, made if it is not there, as {@code volume}. */
  static Bind at(Path folder, Volume volume) {
    try {
      Files.createDirectories(folder);
      // Where SELinux guards files, a container may touch only those that are marked as shared.
      return new Bind(folder.toRealPath().toString(), volume, AccessMode.rw, SELContext.shared);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder " + folder + " for a container", e);
    }
  }
}
