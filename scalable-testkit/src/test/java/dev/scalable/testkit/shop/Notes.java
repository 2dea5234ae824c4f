package dev.scalable.testkit.shop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;

/** A number that a client leaves to find again. */
final class Notes {
  private final Pool pool;
  private final Bugs bugs;
  private final Path folder;

  /** The folder is made when something is written into it, which only a bug does. */
  Notes(Pool pool, Bugs bugs, Path folder) {
    this.pool = pool;
    this.bugs = bugs;
    this.folder = folder;
  }

  Reply write(Received request) throws SQLException, IOException {
    String name = request.part(2);
    long number = request.number("note");
    if (bugs.has(Bug.STATE_FILE)) {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(name), Long.toString(number));
    } else {
      pool.transaction(connection -> Pool.update(connection,
          "insert into note values (?, ?) on conflict (name) do update set number = excluded.number", name, number));
    }
    return Reply.noContent();
  }

  Reply read(Received request) throws SQLException, IOException {
    String name = request.part(2);
    Optional<String> number = bugs.has(Bug.STATE_FILE)
        ? file(name)
        : pool.transaction(connection -> Pool.text(connection, "select number from note where name = ?", name));
    return Reply.ok("{\"note\":" + number.orElseThrow(() -> new Refused(404, "no note " + name)) + "}");
  }

  private Optional<String> file(String name) throws IOException {
    try {
      return Optional.of(Files.readString(folder.resolve(name)));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }
}
