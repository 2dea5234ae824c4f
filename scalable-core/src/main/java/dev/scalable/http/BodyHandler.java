package dev.scalable.http;

/**
 * Answers a request whose JSON body was bound to a type. The same rules as for {@link Handler} hold.
 *
 * @param <B> type of the bound body
 */
@FunctionalInterface
public interface BodyHandler<B> {

  /**
   * Answers one request.
   *
   * @param request the request, valid only during this call
   * @param body the bound body, never null: a missing or malformed one was already answered with 400, one that is not JSON with 415
   * @return the response, never null
   * @throws Problem to answer with this problem document
   * @throws Exception as for {@link Handler#handle}
   */
  Response handle(Request request, B body) throws Exception;
}
