package dev.scalable.testkit.shop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Numbers that clients leave to find again. */
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
    String id = UUID.randomUUID().toString();
    long note = request.number("note");
    if (bugs.has(Bug.STATE_FILE)) {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(id), Long.toString(note));
    } else {
      pool.transaction(connection -> Pool.update(connection, "insert into note values (?, ?)", id, note));
    }
    return Reply.created("{\"id\":\"" + id + "\"}");
  }

  Reply read(Received request) throws SQLException, IOException {
    String id = request.part(2);
    Optional<String> note = bugs.has(Bug.STATE_FILE)
        ? file(id)
        : pool.transaction(connection -> Pool.text(connection, "select note from note where id = ?", id));
    return Reply.ok("{\"note\":" + note.orElseThrow(() -> new Refused(404, "no note " + id)) + "}");
  }

  private Optional<String> file(String id) throws IOException {
    try {
      return Optional.of(Files.readString(folder.resolve(id)));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }
}
