package dev.scalable.db;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.RowMapperFactory;
import org.jdbi.v3.core.mapper.RowMappers;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Makes a record of each row, as Jdbi does, and remembers which column goes to which component.
 *
 * <p>Jdbi works that out anew for each result set, and who makes each value of which column: for a query by key that
 * takes as long as the driver does. It depends on nothing but the names of the columns and the configuration, and that
 * is the same for all calls of one method.
 *
 * <p>Safe for use by many threads.
 */
final class RememberedColumns<T> implements RowMapper<T> {

  /** A method whose SQL is put together at each call may have many; those beyond are worked out each time. */
  private static final int MOST = 16;

  private final ConstructorMapper<T> mapper;
  private final Map<List<String>, RowMapper<T>> byNames = new ConcurrentHashMap<>(4);

  private RememberedColumns(ConstructorMapper<T> mapper) {
    this.mapper = mapper;
  }

  /** Has those that {@code config} has so far remember, for one method alone. */
  static void in(ConfigRegistry config) {
    RowMappers before = config.createCopy().get(RowMappers.class);
    RowMapperFactory remembering = (type, any) -> before.findFor(type)
        .filter(ConstructorMapper.class::isInstance)
        .map(found -> new RememberedColumns<>((ConstructorMapper<?>) found));
    config.get(RowMappers.class).register(remembering);
  }

  @Override
  public RowMapper<T> specialize(ResultSet rows, StatementContext context) throws SQLException {
    List<String> names = names(rows.getMetaData());
    RowMapper<T> known = byNames.get(names);
    if (known == null) {
      known = mapper.specialize(rows, context);
      if (byNames.size() < MOST) {
        byNames.put(names, known);
      }
    }
    return known;
  }

  private static List<String> names(ResultSetMetaData columns) throws SQLException {
    String[] names = new String[columns.getColumnCount()];
    for (int i = 0; i < names.length; i++) {
      names[i] = columns.getColumnLabel(i + 1);
    }
    return Arrays.asList(names);
  }

  @Override
  public T map(ResultSet row, StatementContext context) throws SQLException {
    return specialize(row, context).map(row, context);
  }
}
