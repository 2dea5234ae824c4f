package dev.scalable.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transaction on a handle, with what is to be done when it has ended. Made on the thread that it belongs to. */
final class OpenTx implements Tx {

  private static final Logger log = LoggerFactory.getLogger(OpenTx.class);

  private final Handle handle;
  private final Connection connection;
  private final DaosOnHandle daos;
  private final boolean readOnly;
  private final LastStatements last = new LastStatements();
  private final Thread owner = Thread.currentThread();
  private final List<Consumer<Outcome>> actions = new ArrayList<>(2);
  private volatile boolean over;

  OpenTx(Handle handle, DaosOnHandle daos, boolean readOnly) {
    this.handle = handle;
    this.connection = handle.getConnection();
    this.daos = daos;
    this.readOnly = readOnly;
  }

  @Override
  public <D> D dao(Class<D> sqlObject) {
    refuseMisuse();
    return daos.of(sqlObject);
  }

  @Override
  public Handle handle() {
    refuseMisuse();
    // Whoever has it may configure it.
    daos.followHandle();
    return handle;
  }

  @Override
  public Connection connection() {
    refuseMisuse();
    return connection;
  }

  @Override
  public LongSupplier withCommit(String sql, @Nullable Object... parameters) {
    refuseMisuse();
    if (readOnly) {
      throw new IllegalStateException("A read has no commit that a statement could be sent with, and this one changes nothing: use"
          + " Db.write for \"" + sql + "\"");
    }
    return last.add(sql, parameters);
  }

  @Override
  public void onEnd(Consumer<Outcome> action) {
    refuseMisuse();
    actions.add(action);
  }

  @Override
  public void afterCommit(Runnable action) {
    refuseMisuse();
    actions.add(outcome -> {
      if (outcome == Outcome.COMMITTED) {
        action.run();
      }
    });
  }

  private void refuseMisuse() {
    if (over) {
      throw new IllegalStateException("This transaction has ended, and its connection may be another's by now: use a Tx only inside"
          + " of the Work that it was passed to, and return from there what is needed later");
    }
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException("This transaction belongs to the thread " + owner + " and was used on "
          + Thread.currentThread() + ": a connection does one thing at a time; do it on the first thread, or in a transaction of its"
          + " own");
    }
  }

  /** From here on it cannot be used. */
  void close() {
    over = true;
  }

  /** Commits, and has the last statements run before. */
  void commit() throws SQLException {
    last.commit(connection);
  }

  /** Runs the actions in the order they were given. */
  void ended(Outcome outcome) {
    for (Consumer<Outcome> action : actions) {
      try {
        action.accept(outcome);
      } catch (RuntimeException | Error e) {
        // An error as well: it must not hide the outcome, nor keep the invalidations that follow from being sent.
        log.error("An action after a transaction that ended as {} failed; the transaction stands", outcome, e);
      }
    }
  }
}
