package dev.scalable.db;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transaction on a handle, with what is to be done when it has ended. */
final class OpenTx implements Tx {

  private static final Logger log = LoggerFactory.getLogger(OpenTx.class);

  private final Handle handle;
  private final List<Consumer<Outcome>> actions = new ArrayList<>(2);

  OpenTx(Handle handle) {
    this.handle = handle;
  }

  @Override
  public <D> D dao(Class<D> sqlObject) {
    return handle.attach(sqlObject);
  }

  @Override
  public Handle handle() {
    return handle;
  }

  @Override
  public void onEnd(Consumer<Outcome> action) {
    actions.add(action);
  }

  @Override
  public void afterCommit(Runnable action) {
    actions.add(outcome -> {
      if (outcome == Outcome.COMMITTED) {
        action.run();
      }
    });
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
