package dev.scalable.check;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.apiguardian.api.API;

/**
 * Says that state which requests share is meant, and that it may differ between instances. Neither the compiler's check
 * nor the one at start looks into what carries this:
 *
 * <ul>
 *   <li>a field: what it holds;
 *   <li>a class: all of its objects, and its static fields; not those of its subclasses;
 *   <li>a {@code @Provides} method: what it returns. At start such an object is known by the method's return type
 *       alone, so all captured variables and fields that are declared with this very type are let through: a class of
 *       your own that carries the annotation says it more precisely.
 * </ul>
 */
@API(status = API.Status.MAINTAINED)
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.FIELD, ElementType.METHOD})
public @interface SharedState {

  /** Why it is right that instances may disagree on this state; the check refuses a blank one. */
  String value();
}
