package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data directory of a database that outlives its cluster. */
class PostgresDataTest {
  private final RunDirectory run = RunDirectory.create(false);
  private final Reaper reaper = Reaper.watch(run, Reaper.PostgresStop.FAST);

  private final Ports ports = new Ports();

  @TempDir private Path kept;

  @AfterEach
  void end() {
    reaper.close();
    ports.close();
  }

  @Test
  void a_new_data_directory_is_whole_from_the_first_moment_that_it_is_there() {
    Path data = kept.resolve("postgres");
    CompletableFuture<PostgresNode> start = CompletableFuture.supplyAsync(this::start);
    while (!Files.exists(data) && !start.isDone()) {
      Thread.onSpinWait(); // not by a pause of some milliseconds: a copy can be whole after it
    }
    assertThat(data).isNotEmptyDirectory();
    assertThat(data.resolve("global/pg_control")).isNotEmptyFile();
    assertThat(data.resolve("PG_VERSION")).isNotEmptyFile();
    assertThat(data.resolve("postgresql.conf")).isNotEmptyFile();
    assertThat(start.join().port()).isPositive();
  }

  @Test
  void an_empty_data_directory_is_a_new_one() throws IOException {
    Files.createDirectory(kept.resolve("postgres"));
    assertThat(start().port()).isPositive();
  }

  private PostgresNode start() {
    return PostgresServer.start(new NodeLauncher(run), ports, kept, PostgresAccount.find());
  }
}
