package dev.scalable.cache;

/** A value was being loaded by another caller for longer than a load may take. Nothing was changed; the call may be repeated. */
public final class CacheLoadTimeout extends RuntimeException {

  private static final long serialVersionUID = 1;

  CacheLoadTimeout(String message) {
    super(message);
  }
}
