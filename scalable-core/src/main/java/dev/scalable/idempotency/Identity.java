package dev.scalable.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.http.Problem;
import dev.scalable.http.Request;

/**
 * What makes two requests repeats of one another.
 *
 * @param scope who says what to whom: the route, the principal and the key. No principal's key leads to another's
 *     answer; those who are not known share one scope
 * @param fingerprint what is asked for: the method, the path, the query and the body, byte by byte
 */
record Identity(Digest scope, Digest fingerprint) {

  /** Of a request with a key. */
  static Identity of(Request request, String key) {
    String method = request.method().name();
    return new Identity(
        Digest.of(method, withoutNames(request.route()), principal(request), key),
        Digest.of(method.getBytes(UTF_8), request.path().getBytes(UTF_8), request.query().getBytes(UTF_8), request.body()));
  }

  /** What a parameter is called may change with a deploy, while a request is being repeated. */
  private static String withoutNames(String template) {
    return template.replaceAll("\\{[^}]*}", "{}");
  }

  private static String principal(Request request) {
    try {
      return "=" + request.principal().name();
    } catch (Problem unknown) {
      return "";
    }
  }
}
