package dev.scalable.db;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/**
 * Makes data access objects. What Jdbi finds out about an interface by reflection it keeps in the configuration that it was asked with,
 * and that of a handle lives no longer than the handle: so it is made to find out once, with the configuration that all handles copy.
 */
final class Daos {

  private final Set<Class<?>> known = ConcurrentHashMap.newKeySet();

  /** An object on a handle. */
  <D> D attach(Handle handle, Class<D> sqlObject) {
    if (known.add(sqlObject)) {
      // Opens no other handle, since nothing is called.
      handle.getJdbi().useExtension(sqlObject, unused -> {});
    }
    return handle.attach(sqlObject);
  }
}
