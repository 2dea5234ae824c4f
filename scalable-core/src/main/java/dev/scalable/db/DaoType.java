package dev.scalable.db;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.extension.ExtensionMetadata;
import org.jdbi.v3.core.extension.ExtensionMetadata.ExtensionHandlerInvoker;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jdbi.v3.sqlobject.customizer.SqlStatementCustomizingAnnotation;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** What Jdbi has found out about an interface, and its methods that were made ready. Safe for use by many threads. */
final class DaoType {

  private static final String JDBI = "org.jdbi.";

  /** What a method is made ready with that runs a statement: it never looks at it. */
  private static final Object NO_OBJECT = new Object();

  private final ExtensionMetadata metadata;
  private final ConfigRegistry config;
  private final HandleSupplier current;
  private final Map<Method, Boolean> forAll = new ConcurrentHashMap<>();
  private final Map<Method, ExtensionHandlerInvoker> ready = new ConcurrentHashMap<>();

  /**
   * Of an interface.
   *
   * @param config that of all methods which are made ready for all handles
   * @param current the handle that a thread is calling a method on
   */
  DaoType(ExtensionMetadata metadata, ConfigRegistry config, HandleSupplier current) {
    this.metadata = metadata;
    this.config = metadata.createInstanceConfiguration(config);
    this.current = current;
  }

  String name() {
    return metadata.extensionType().getName();
  }

  /**
   * Whether a method does nothing but run a statement, which ends with the call: no code of the application's sees the
   * configuration that all handles share then.
   */
  boolean isForAll(Method method) {
    return forAll.computeIfAbsent(method, DaoType::runsOneStatement);
  }

  private static boolean runsOneStatement(Method method) {
    Class<?> result = method.getReturnType();
    boolean lazy = Iterable.class.isAssignableFrom(result) && !Collection.class.isAssignableFrom(result);
    boolean callsBack = Arrays.stream(method.getParameterTypes())
        .anyMatch(type -> type == Consumer.class || type == Function.class);
    return (method.isAnnotationPresent(SqlQuery.class) || method.isAnnotationPresent(SqlUpdate.class))
        && !lazy && !callsBack;
  }

  /** A method of {@link #isForAll}, ready. */
  ExtensionHandlerInvoker forAll(Method method) {
    ExtensionHandlerInvoker found = ready.get(method);
    return found != null ? found : ready.computeIfAbsent(method, missing -> {
      ConfigRegistry own = config.createCopy();
      if (!decidesAtEachCall(missing)) {
        RememberedColumns.in(own);
      }
      return metadata.createExtensionHandlerInvoker(NO_OBJECT, missing, current, own);
    });
  }

  /** Whether code of the application's may configure each statement of the method in another way. */
  private boolean decidesAtEachCall(Method method) {
    return Stream.of(Arrays.stream(metadata.extensionType().getAnnotations()), Arrays.stream(method.getAnnotations()),
            Arrays.stream(method.getParameterAnnotations()).flatMap(Arrays::stream))
        .flatMap(annotations -> annotations.map(Annotation::annotationType))
        .anyMatch(type -> type.isAnnotationPresent(SqlStatementCustomizingAnnotation.class)
            && !type.getPackageName().startsWith(JDBI));
  }

  /** The configuration of one object on a handle. */
  ConfigRegistry configOn(HandleSupplier handle) {
    return metadata.createInstanceConfiguration(handle.getConfig());
  }

  /** A method that is called on one object, of one handle. */
  ExtensionHandlerInvoker forOne(Object object, Method method, HandleSupplier handle, ConfigRegistry own) {
    return metadata.createExtensionHandlerInvoker(object, method, handle, own);
  }
}
