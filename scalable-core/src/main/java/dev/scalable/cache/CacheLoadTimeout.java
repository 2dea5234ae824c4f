package dev.scalable.cache;

/**
 * A value could not be had in time: its load took longer than a load may take and was given up, or too many loads were
 * under way on this instance, or the caller was interrupted while it waited. The message says which. Nothing was
 * changed, and the key can be loaded again; the call may be repeated. Clients get a 503.
 */
public final class CacheLoadTimeout extends RuntimeException {

  private static final long serialVersionUID = 1;

  CacheLoadTimeout(String message) {
    super(message);
  }
}
