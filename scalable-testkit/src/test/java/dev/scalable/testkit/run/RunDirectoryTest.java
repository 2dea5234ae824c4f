package dev.scalable.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The sweep of dead runs at the start of another. */
class RunDirectoryTest {
  private static final int STARTS = 150;

  @Test
  void runs_that_go_while_they_are_swept_keep_nobody_from_starting() throws IOException {
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Integer> others = CompletableFuture.supplyAsync(() -> comeAndGo(over));
    try {
      for (int start = 0; start < STARTS; start++) {
        try (RunDirectory run = RunDirectory.create(false)) {
          Folders.delete(run.path());
        }
      }
    } finally {
      over.set(true);
    }
    assertThat(others.join()).isGreaterThan(STARTS);
    try (RunDirectory last = RunDirectory.create(false); var left = Files.list(last.path().getParent())) {
      assertThat(left.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("run-passing"));
      Folders.delete(last.path());
    }
  }

  /** Makes and deletes directories of runs whose JVM is dead and whose reaper is at work, and counts them. */
  private static int comeAndGo(AtomicBoolean over) {
    Path home = WorkFolder.path();
    int made = 0;
    while (!over.get()) {
      try {
        Path run = Files.createTempDirectory(home, "run-passing-");
        Files.createFile(run.resolve("lock"));
        Files.createDirectory(run.resolve("logs"));
        Folders.delete(run);
        made++;
      } catch (IOException e) {
        made++; // the sweep was first
      }
    }
    return made;
  }
}
