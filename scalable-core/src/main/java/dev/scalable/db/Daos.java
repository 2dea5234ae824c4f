package dev.scalable.db;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.extension.ExtensionFactory;
import org.jdbi.v3.core.extension.ExtensionMetadata;
import org.jdbi.v3.core.extension.ExtensionMetadata.ExtensionHandlerInvoker;
import org.jdbi.v3.core.extension.Extensions;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Data access objects for handles that live as short as ours. Jdbi looks into an interface anew for each handle, and
 * makes all of its methods ready with a copy of the whole configuration each: for a query by key that is more work than
 * the query. Here what Jdbi has found out is kept, and only the methods that are called are made ready.
 *
 * <p>Safe for use by many threads.
 */
final class Daos implements ExtensionFactory {

  private static final Object[] NOTHING = {};

  private final Map<Class<?>, ExtensionMetadata> known = new ConcurrentHashMap<>();

  /** For the handles of a Jdbi that has its plugins. */
  static Daos of(Jdbi jdbi) {
    Daos made = new Daos();
    jdbi.registerExtension(made);
    return made;
  }

  /** An object on a handle. */
  <D> D on(Handle handle, Class<D> sqlObject) {
    if (!known.containsKey(sqlObject)) {
      learn(handle.getJdbi(), sqlObject);
    }
    return handle.attach(sqlObject);
  }

  /** Has Jdbi itself make one, which takes no connection if nothing is called. Generated classes are left to it. */
  private <D> void learn(Jdbi jdbi, Class<D> sqlObject) {
    jdbi.useExtension(sqlObject, made -> {
      if (Proxy.isProxyClass(made.getClass())) {
        known.put(sqlObject, jdbi.getConfig(Extensions.class).findMetadata(sqlObject, this));
      }
    });
  }

  @Override
  public boolean accepts(Class<?> type) {
    return known.containsKey(type);
  }

  @Override
  public Set<FactoryFlag> getFactoryFlags() {
    return EnumSet.of(FactoryFlag.DONT_USE_PROXY);
  }

  @Override
  public <E> E attach(Class<E> type, HandleSupplier handle) {
    ExtensionMetadata metadata = known.get(type);
    if (metadata == null) {
      throw new IllegalArgumentException("Not an interface that was asked for before: " + type);
    }
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new Calls(metadata, handle)));
  }

  /** What is called on one object. Used by one thread, as its transaction is. */
  private static final class Calls implements InvocationHandler {

    private final ExtensionMetadata metadata;
    private final HandleSupplier handle;
    private final ConfigRegistry config;
    private final Map<Method, ExtensionHandlerInvoker> ready = new HashMap<>();

    Calls(ExtensionMetadata metadata, HandleSupplier handle) {
      this.metadata = metadata;
      this.handle = handle;
      this.config = metadata.createInstanceConfiguration(handle.getConfig());
    }

    @Override
    public @Nullable Object invoke(Object object, Method method, Object @Nullable [] arguments) {
      if (method.getDeclaringClass().equals(Object.class)) {
        return ofAnyObject(object, method, arguments);
      }
      return ready
          .computeIfAbsent(method, called -> metadata.createExtensionHandlerInvoker(object, called, handle, config))
          .invoke(arguments == null ? NOTHING : arguments);
    }

    @SuppressWarnings("ReferenceEquality") // as objects are equal that do not say otherwise
    private Object ofAnyObject(Object object, Method method, Object @Nullable [] arguments) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && object == arguments[0];
        case "hashCode" -> System.identityHashCode(object);
        default -> metadata.extensionType().getName() + " on a transaction";
      };
    }
  }
}
