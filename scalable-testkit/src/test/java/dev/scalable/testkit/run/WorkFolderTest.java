package dev.scalable.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.scalable.testkit.backend.ClusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that another user may have prepared is not used. */
class WorkFolderTest {
  @TempDir private Path temporary;

  @Test
  void it_is_made_once_for_this_user_to_write_and_for_all_to_pass() throws IOException {
    Path folder = WorkFolder.in(temporary);
    assertThat(WorkFolder.in(temporary)).isEqualTo(folder);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwxr-xr-x");
  }

  @Test
  void one_that_others_may_write_into_is_refused() throws IOException {
    Path folder = WorkFolder.in(temporary);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xrwx"));
    assertRefused("rwxr-xrwx");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertRefused("rwxrwxr-x");
  }

  @Test
  void one_that_belongs_to_another_user_is_refused() throws IOException {
    assumeTrue(CurrentUser.isRoot(), "only root can give a folder away");
    Path folder = WorkFolder.in(temporary);
    Files.setOwner(folder, folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    assertRefused("belongs to nobody with rwxr-xr-x");
  }

  @Test
  void a_link_in_its_place_is_refused() throws IOException {
    Path folder = WorkFolder.in(temporary);
    Files.delete(folder);
    Files.createSymbolicLink(folder, Files.createDirectory(temporary.resolve("elsewhere")));
    assertRefused("must be a folder");
  }

  private void assertRefused(String words) {
    assertThatThrownBy(() -> WorkFolder.in(temporary))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining(words)
        .hasMessageContaining("delete it, or name another folder for temporary files");
  }
}
