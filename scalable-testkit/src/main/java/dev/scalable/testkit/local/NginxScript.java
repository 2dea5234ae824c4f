package dev.scalable.testkit.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The script that runs an unpacked nginx with the libraries unpacked beside it; it may be moved together with them. */
final class NginxScript {

  /** {@code exec}: the process that was started is nginx itself, so that signals reach it. */
  private static final String SCRIPT =
      """
      #!/bin/sh
      root="${0%/*}/root"
      for folder in "$root"/usr/lib/*-linux-* "$root"/lib/*-linux-* "$root/usr/lib" "$root/lib"; do
        if [ -d "$folder" ]; then
          LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder"
        fi
      done
      export LD_LIBRARY_PATH
      exec "$root/usr/sbin/nginx" "$@"
      """;

  private NginxScript() {}

  /** Writes the script into the folder that holds {@code root}, and returns its path. */
  static Path write(Path folder) throws IOException {
    Path script = Files.writeString(folder.resolve("nginx"), SCRIPT);
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
