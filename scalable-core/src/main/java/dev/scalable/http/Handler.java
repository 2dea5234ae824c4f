package dev.scalable.http;

/**
 * Answers a request that has no body to bind.
 *
 * <p>Called concurrently from many threads, and by every instance of the service alike: it must keep no state of its own.
 * It is called on a handler thread, so it may block; that of a route which is {@link Route#inline()} is called on the
 * server's IO thread and must not. At the request's deadline the client gets a 504, the handler's thread is
 * interrupted, and what it returns is thrown away; what it has done by then stands. An inline one has no deadline:
 * nothing runs beside it that could keep it.
 */
@FunctionalInterface
public interface Handler {

  /**
   * Answers one request.
   *
   * @param request the request, valid only during this call
   * @return the response, never null
   * @throws Problem to answer with this problem document
   * @throws Exception to answer with what an {@link ErrorMapper} makes of it, or with a 500 that tells the client nothing of
   *     the cause
   */
  Response handle(Request request) throws Exception;
}
