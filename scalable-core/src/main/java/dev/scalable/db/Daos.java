package dev.scalable.db;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.extension.ExtensionContext;
import org.jdbi.v3.core.extension.ExtensionFactory;
import org.jdbi.v3.core.extension.Extensions;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;

/**
 * Data access objects for handles that live as short as ours.
 *
 * <p>Jdbi looks into an interface anew for each handle, and makes all of its methods ready with a copy of the whole
 * configuration each: for a query by key that is more work than the query. Here a method that runs a statement is made
 * ready once, and called for whatever handle it is called on; which one that is, its thread knows during the call. Any
 * other method, and each one where somebody may have configured the handle, is made ready for that handle alone, when
 * it is called first.
 *
 * <p>Safe for use by many threads.
 */
final class Daos implements ExtensionFactory {

  private static final ThreadLocal<@Nullable DaosOnHandle> CALLING = new ThreadLocal<>();

  private final Jdbi jdbi;
  /** Empty for generated classes, which are left to Jdbi. */
  private final Map<Class<?>, DaoType> known = new ConcurrentHashMap<>();


  private Daos(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** For the handles of a Jdbi that has its plugins. */
  static Daos of(Jdbi jdbi) {
    Daos made = new Daos(jdbi);
    jdbi.registerExtension(made);
    return made;
  }

  /**
   * Those on a handle. Used by one thread, as its transaction is.
   *
   * @param lone what watches the statements of this handle; null if nothing does
   */
  DaosOnHandle on(Handle handle, @Nullable LoneStatements lone) {
    return new DaosOnHandle(this, handle, lone);
  }

  /** What is known of an interface; null if Jdbi has a class for it. */
  @Nullable DaoType type(Class<?> sqlObject) {
    DaoType found = known.get(sqlObject);
    if (found == null) {
      // Has Jdbi itself make one, which takes no connection if nothing is called.
      jdbi.useExtension(sqlObject, made -> {
        if (Proxy.isProxyClass(made.getClass())) {
          known.put(sqlObject, learned(sqlObject));
        }
      });
      found = known.get(sqlObject);
    }
    return found;
  }

  private DaoType learned(Class<?> sqlObject) {
    ConfigRegistry config = jdbi.getConfig().createCopy();
    config.get(SqlStatements.class).addCustomizer(new LoneStatements.Current(() -> {
      DaosOnHandle current = CALLING.get();
      return current == null ? null : current.lone();
    }));
    return new DaoType(jdbi.getConfig(Extensions.class).findMetadata(sqlObject, this), config, new Current());
  }

  /** Calls a method that was made ready for all handles on one of them. */
  @Nullable Object call(DaosOnHandle on, DaoType type, Method method, Object[] arguments) {
    DaosOnHandle before = CALLING.get();
    CALLING.set(on);
    try {
      return type.forAll(method).invoke(arguments);
    } finally {
      CALLING.set(before);
    }
  }

  /** The handle that the present thread is calling a method on. */
  private final class Current implements HandleSupplier {

    private HandleSupplier link() {
      DaosOnHandle current = CALLING.get();
      if (current == null) {
        throw new IllegalStateException("Only during a call");
      }
      return current.link();
    }

    @Override
    public Handle getHandle() {
      return link().getHandle();
    }

    @Override
    public Jdbi getJdbi() {
      return jdbi;
    }

    @Override
    public ConfigRegistry getConfig() {
      return link().getConfig();
    }

    @Override
    public <V> V invokeInContext(ExtensionContext context, Callable<V> task) throws Exception {
      return link().invokeInContext(context, task);
    }
  }

  /** Gets hold of what Jdbi has for extensions alone: the link to a handle by which they run in a context of theirs. */
  static HandleSupplier link(Handle handle) {
    return handle.attach(Link.class).supplier();
  }

  /** What is attached to a handle to get its link. */
  private interface Link {
    HandleSupplier supplier();
  }

  @Override
  public boolean accepts(Class<?> type) {
    return type == Link.class;
  }

  @Override
  public Set<FactoryFlag> getFactoryFlags() {
    return EnumSet.of(FactoryFlag.DONT_USE_PROXY);
  }

  @Override
  public <E> E attach(Class<E> type, HandleSupplier handle) {
    Link link = () -> handle;
    return type.cast(link);
  }
}
