package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.run.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data directory of a database that outlives its cluster. */
class PostgresDataTest {
  private final Run run = Run.begin(false, true);

  @TempDir private Path kept;

  @AfterEach
  void end() {
    run.close();
  }

  @Test
  void a_new_data_directory_is_whole_from_the_first_moment_that_it_is_there() {
    Path data = kept.resolve("postgres");
    CompletableFuture<PostgresServer> start = CompletableFuture.supplyAsync(this::start);
    while (!Files.exists(data) && !start.isDone()) {
      Thread.onSpinWait(); // not by a pause of some milliseconds: a copy can be whole after it
    }
    assertThat(data).isNotEmptyDirectory();
    assertThat(data.resolve("global/pg_control")).isNotEmptyFile();
    assertThat(data.resolve("PG_VERSION")).isNotEmptyFile();
    assertThat(data.resolve("postgresql.conf")).isNotEmptyFile();
    assertThat(start.join().address().getPort()).isPositive();
  }

  @Test
  void an_empty_data_directory_is_a_new_one() throws IOException {
    Files.createDirectory(kept.resolve("postgres"));
    assertThat(start().address().getPort()).isPositive();
  }

  private PostgresServer start() {
    return PostgresServer.start(run, kept, PostgresAccount.find());
  }
}
