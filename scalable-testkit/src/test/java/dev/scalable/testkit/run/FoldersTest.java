package dev.scalable.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
  private static final int FILES = 1_000;

  @Test void what_does_not_exist_is_deleted_already(@TempDir Path parent) {
    Folders.delete(parent.resolve("never"));
    assertThat(parent).isEmptyDirectory();
  }

  @RepeatedTest(5) void a_file_that_comes_while_the_folder_is_deleted_goes_with_it(@TempDir Path parent)
      throws Exception {
    Path folder = Files.createDirectory(parent.resolve("run"));
    for (int i = 0; i < FILES; i++) {
      Files.createFile(folder.resolve("file-" + i));
    }
    try (ExecutorService sweep = Executors.newSingleThreadExecutor()) {
      Future<?> late = sweep.submit(() -> putOneWhenOthersGo(folder));
      Folders.delete(folder);
      late.get();
    }
    assertThat(folder).doesNotExist();
  }

  /** As {@code processes.sh} of another JVM does with a run whose lock file is gone, or free. */
  private static void putOneWhenOthersGo(Path folder) {
    while (count(folder) == FILES) {
      Thread.onSpinWait();
    }
    try {
      Files.createFile(folder.resolve("closed"));
    } catch (IOException e) {
      // gone already: this round shows nothing, others do
    }
  }

  private static int count(Path folder) {
    String[] names = folder.toFile().list();
    return names == null ? 0 : names.length;
  }
}
