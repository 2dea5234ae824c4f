package dev.scalable.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.TestStack;
import dev.scalable.config.Settings;
import java.lang.annotation.Annotation;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.mapper.ColumnMapperFactory;
import org.jdbi.v3.core.mapper.Nested;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterColumnMapper;
import org.jdbi.v3.sqlobject.config.RegisterColumnMapperFactory;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Define;
import org.jdbi.v3.sqlobject.customizer.SqlStatementCustomizerFactory;
import org.jdbi.v3.sqlobject.customizer.SqlStatementCustomizingAnnotation;
import org.jdbi.v3.sqlobject.customizer.SqlStatementParameterCustomizer;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records made of rows, call after call, of a real PostgreSQL. */
class RecordsTest {

  private final Pool pool = new Pool(DbSettings.from(Settings.of(Map.of(
      "SCALABLE_DB_URL", TestStack.postgres().jdbcUrl(),
      "SCALABLE_DB_USER", TestStack.postgres().user(),
      "SCALABLE_DB_PASSWORD", TestStack.postgres().password(),
      "SCALABLE_DB_POOL_SIZE", "1"))));
  private final PooledDb db = new PooledDb(pool);

  @BeforeEach
  void open() throws Exception {
    Counted.ASKED_FOR.set(0);
    pool.start();
  }

  @AfterEach
  void close() {
    pool.stop();
  }

  /** Has the third argument only if the query has such a column. */
  public record Item(int id, String name, @Nested @Nullable Size size) {}

  public record Size(@Nullable Integer width) {}

  /** How often Jdbi looks for what makes a text of a column. */
  public static final class Counted implements ColumnMapperFactory {
    private static final AtomicInteger ASKED_FOR = new AtomicInteger();

    @Override
    public Optional<ColumnMapper<?>> build(Type type, ConfigRegistry config) {
      if (type == String.class) {
        ASKED_FOR.incrementAndGet();
      }
      return Optional.empty();
    }
  }

  public static final class Loud implements ColumnMapper<String> {
    @Override
    public String map(ResultSet row, int column, StatementContext context)
        throws SQLException {
      return row.getString(column) + "!";
    }
  }

  /** One that the application brings, and that decides at each call how a column is read. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.PARAMETER)
  @SqlStatementCustomizingAnnotation(Spoken.Factory.class)
  @interface Spoken {
    /** Makes what is done to the statement. */
    final class Factory implements SqlStatementCustomizerFactory {
      @Override
      public SqlStatementParameterCustomizer createForParameter(Annotation annotation,
          Class<?> sqlObject, Method method, Parameter parameter, int index, Type type) {
        return (statement, loud) -> {
          if (Boolean.TRUE.equals(loud)) {
            statement.registerColumnMapper(new Loud());
          }
        };
      }
    }
  }

  @RegisterConstructorMapper(Item.class)
  @RegisterColumnMapperFactory(Counted.class)
  interface Items {
    @SqlQuery("select :id as id, 'plain' as name, 7 as width")
    Item one(int id);

    @SqlQuery("select :id as id, 'loud' as name, 7 as width")
    @RegisterColumnMapper(Loud.class)
    Item loud(int id);

    @SqlQuery("select <columns>")
    Item of(@Define String columns);

    @SqlQuery("select 1 as id, 'said' as name, 7 as width")
    Item said(@Spoken boolean loud);

    @SqlQuery("select n as id, 'many' as name, n * 2 as width from generate_series(1, :count) n")
    List<Item> many(int count);
  }

  private Item item(Function<Items, Item> call) {
    return db.<Item, RuntimeException>read(tx -> call.apply(tx.dao(Items.class)));
  }

  @Test
  void which_column_goes_where_is_worked_out_once_for_a_method_and_not_for_each_call() {
    assertThat(item(items -> items.one(1))).isEqualTo(new Item(1, "plain", new Size(7)));
    int once = Counted.ASKED_FOR.get();
    for (int i = 2; i < 50; i++) {
      int id = i;
      assertThat(item(items -> items.one(id)).id()).isEqualTo(id);
    }
    assertThat(Counted.ASKED_FOR).as("times that a text's mapper was looked for").hasValue(once);
  }

  @Test
  void each_order_of_columns_has_its_own() {
    for (int round = 0; round < 3; round++) {
      assertThat(item(items -> items.of("1 as id, 'a' as name, 2 as width"))).isEqualTo(new Item(1, "a", new Size(2)));
      assertThat(item(items -> items.of("3 as width, 'b' as name, 2 as id"))).isEqualTo(new Item(2, "b", new Size(3)));
      assertThatThrownBy(() -> item(items -> items.of("3 as id"))).hasMessageContaining("name");
    }
  }

  @Test
  void a_query_with_ever_new_columns_is_answered() {
    IntStream.range(0, 100).forEach(
        i -> assertThat(item(items -> items.of(i + " as id, 'a' as name, 1 as width, 1 as other" + i)))
            .isEqualTo(new Item(i, "a", new Size(1))));
  }

  @Test
  void a_method_that_reads_a_column_in_its_own_way_has_it_to_itself() {
    for (int round = 0; round < 3; round++) {
      assertThat(item(items -> items.one(1)).name()).isEqualTo("plain");
      assertThat(item(items -> items.loud(1)).name()).isEqualTo("loud!");
    }
  }

  @Test
  void an_annotation_of_the_application_may_decide_at_each_call() {
    for (boolean loud : new boolean[] {true, false, true}) {
      assertThat(item(items -> items.said(loud)).name()).isEqualTo(loud ? "said!" : "said");
    }
  }

  @Test
  void rows_of_one_answer_are_told_apart() {
    assertThat(db.<List<Item>, RuntimeException>read(tx -> tx.dao(Items.class).many(3)))
        .containsExactly(new Item(1, "many", new Size(2)), new Item(2, "many", new Size(4)),
            new Item(3, "many", new Size(6)));
  }
}
