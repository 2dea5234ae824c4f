package dev.scalable.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a read in which each is a transaction of its own. Jdbi tells it of them.
 *
 * <p>A result that is to come in portions, that of a statement with a fetch size, needs a transaction that lasts as
 * long: without one the driver would hold all rows in memory. Such a statement begins one, which the following ones are
 * part of.
 */
final class LoneStatements implements StatementCustomizer {

  private final StatementCustomizer last = new StatementCustomizer() {
    @Override
    public void beforeExecution(PreparedStatement statement, StatementContext context) throws SQLException {
      Connection connection = statement.getConnection();
      if (statement.getFetchSize() > 0 && connection.getAutoCommit()) {
        connection.setAutoCommit(false);
      }
    }
  };

  private boolean answered;

  /** Whether the server has answered one. */
  boolean answered() {
    return answered;
  }

  @Override
  public void beforeTemplating(PreparedStatement none, StatementContext context) {
    // The fetch size is set by a customizer, too, and those are asked in their order.
    context.getConfig(SqlStatements.class).addCustomizer(last);
  }

  @Override
  public void afterExecution(PreparedStatement statement, StatementContext context) {
    answered = true;
  }

  /** Passes what Jdbi tells on to whoever it is told of at the moment. */
  record Current(Supplier<@Nullable LoneStatements> lone) implements StatementCustomizer {

    @Override
    public void beforeTemplating(PreparedStatement none, StatementContext context) {
      LoneStatements told = lone.get();
      if (told != null) {
        told.beforeTemplating(none, context);
      }
    }

    @Override
    public void afterExecution(PreparedStatement statement, StatementContext context) {
      LoneStatements told = lone.get();
      if (told != null) {
        told.afterExecution(statement, context);
      }
    }
  }
}
