package dev.scalable.db;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.extension.ExtensionMetadata.ExtensionHandlerInvoker;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jspecify.annotations.Nullable;

/** The data access objects on one handle. Used by one thread, as its transaction is. */
final class DaosOnHandle {

  private static final Object[] NOTHING = {};

  private final Daos daos;
  private final Handle handle;
  private final @Nullable LoneStatements lone;
  private @Nullable HandleSupplier link;
  private boolean configured;

  DaosOnHandle(Daos daos, Handle handle, @Nullable LoneStatements lone) {
    this.daos = daos;
    this.handle = handle;
    this.lone = lone;
  }

  @Nullable LoneStatements lone() {
    return lone;
  }

  HandleSupplier link() {
    HandleSupplier known = link;
    if (known == null) {
      known = Daos.link(handle);
      link = known;
    }
    return known;
  }

  /** From here on the handle's configuration may be one of its own, and objects that are made have it. */
  void followHandle() {
    configured = true;
  }

  /** An object. */
  <D> D of(Class<D> sqlObject) {
    DaoType type = daos.type(sqlObject);
    if (type == null) {
      return handle.attach(sqlObject);
    }
    return sqlObject.cast(Proxy.newProxyInstance(sqlObject.getClassLoader(), new Class<?>[] {sqlObject},
        new Calls(type, configured)));
  }

  /** What is called on one object. */
  private final class Calls implements InvocationHandler {

    private final DaoType type;
    private final boolean configured;
    private final Map<Method, ExtensionHandlerInvoker> ready = new HashMap<>(4);
    private @Nullable ConfigRegistry own;

    Calls(DaoType type, boolean configured) {
      this.type = type;
      this.configured = configured;
    }

    @Override
    public @Nullable Object invoke(Object object, Method method, Object @Nullable [] arguments) {
      if (method.getDeclaringClass().equals(Object.class)) {
        return ofAnyObject(object, method, arguments);
      }
      Object[] all = arguments == null ? NOTHING : arguments;
      if (!configured && type.isForAll(method)) {
        return daos.call(DaosOnHandle.this, type, method, all);
      }
      return ready.computeIfAbsent(method, called -> type.forOne(object, called, link(), own())).invoke(all);
    }

    private ConfigRegistry own() {
      ConfigRegistry known = own;
      if (known == null) {
        known = type.configOn(link());
        own = known;
      }
      return known;
    }

    @SuppressWarnings("ReferenceEquality") // as objects are equal that do not say otherwise
    private Object ofAnyObject(Object object, Method method, Object @Nullable [] arguments) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && object == arguments[0];
        case "hashCode" -> System.identityHashCode(object);
        default -> type.name() + " on a transaction";
      };
    }
  }
}
