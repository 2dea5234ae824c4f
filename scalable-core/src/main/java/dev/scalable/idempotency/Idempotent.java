package dev.scalable.idempotency;

import dev.scalable.db.Tx;
import dev.scalable.http.BodyType;
import dev.scalable.http.Description;
import dev.scalable.http.Handler;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Makes routes whose requests may be repeated: one that carries an {@code Idempotency-Key} has its effect once, however
 * often it is sent, to whichever instance (draft-ietf-httpapi-idempotency-key-header-07). Injected by Dagger; one for
 * each service.
 *
 * <pre>{@code
 * Route orders = idempotent.post("/orders", Order.class, (tx, r, order) ->
 *     Response.created("/orders/" + tx.dao(Orders.class).insert(order), order));
 * }</pre>
 *
 * <p>The library opens the transaction, claims the key in it, runs the handler with it, keeps the answer, and commits:
 * all of that happens, or nothing. A second request with the key, while the first is under way, waits for it without a
 * connection and within its own deadline; then it is answered what the first was, with
 * {@code Idempotent-Replayed: true}, or does the work itself if the first came to nothing.
 *
 * <table>
 * <caption>What a client is answered besides what the handler says</caption>
 * <tr><td>400</td><td>the key is missing where it is needed, or is not 1 to 255 visible characters</td></tr>
 * <tr><td>409 with Retry-After</td><td>another request with the key was not answered in the time of this one</td></tr>
 * <tr><td>422</td><td>the key was used for another path, query or body</td></tr>
 * <tr><td>503 with Retry-After</td><td>too many wait here, or the database was lost</td></tr>
 * </table>
 *
 * <p>A handler that throws rolls back, and nothing is kept: the next request with the key runs it again. So does an
 * answer that settles nothing (408, 425, 429, 5xx). Any other answer is committed and kept, a 4xx as well, for {@code
 * SCALABLE_IDEMPOTENCY_KEEP}; a body that is made while it is sent, or of more than 256 KiB, cannot be, and is a 500. A
 * key counts for one route and one principal; requests without a principal share theirs. Filters run for each repeat,
 * outside of all this.
 *
 * <p>Needs the table of the library's migrations: an instance of a service that makes such a route becomes ready only when it is
 * there. Immutable; safe for use by many threads.
 */
@Singleton
public final class Idempotent {

  private final Once once;
  private final KeyTable table;
  private final boolean required;

  @Inject
  Idempotent(Once once, KeyTable table) {
    this(once, table, true);
  }

  private Idempotent(Once once, KeyTable table, boolean required) {
    this.once = once;
    this.table = table;
    this.required = required;
  }

  /**
   * What answers a request in a transaction.
   *
   * <p>It may run more than once, where what it did before was certainly rolled back: it has no effects but on the
   * transaction, and through {@link Tx#onEnd} and {@link Tx#afterCommit}. It opens no transaction of its own.
   */
  @FunctionalInterface
  public interface Work {

    /**
     * Answers one request.
     *
     * @param tx the open transaction, which holds the key as well; valid only during this call
     * @param request the request, valid only during this call
     * @return the response, never null
     * @throws Exception to roll back, and answer as for {@link Handler#handle}
     */
    Response in(Tx tx, Request request) throws Exception;
  }

  /**
   * What answers a request with a JSON body in a transaction. The same rules as for {@link Work} hold.
   *
   * @param <B> type of the body
   */
  @FunctionalInterface
  public interface BodyWork<B> {

    /**
     * Answers one request.
     *
     * @param tx the open transaction, which holds the key as well; valid only during this call
     * @param request the request, valid only during this call
     * @param body the bound body, never null
     * @return the response, never null
     * @throws Exception to roll back, and answer as for {@link Handler#handle}
     */
    Response in(Tx tx, Request request, B body) throws Exception;
  }

  /**
   * This for routes whose requests need no key: one without a key runs in a transaction all the same, and is not
   * protected. For methods that may be repeated by their nature, such as PUT.
   */
  public Idempotent withOptionalKey() {
    return new Idempotent(once, table, false);
  }

  /**
   * A POST route without a bound body; {@link Request#body()} has the bytes.
   *
   * @param template the path template
   * @param work what answers
   */
  public Route post(String template, Work work) {
    return described(Route.post(template, request -> answer(request, work)));
  }

  /**
   * A POST route with a JSON body.
   *
   * @param template the path template
   * @param body type to bind the body to, as for {@link Route#post(String, Class, dev.scalable.http.BodyHandler)}
   * @param work what answers
   * @param <B> type of the body
   */
  public <B> Route post(String template, Class<B> body, BodyWork<B> work) {
    return post(template, BodyType.of(body), work);
  }

  /** As {@link #post(String, Class, BodyWork)}, with a body of a generic type, such as a list. */
  public <B> Route post(String template, BodyType<B> body, BodyWork<B> work) {
    return described(Route.post(template, body, (request, bound) -> answer(request, work, bound)));
  }

  /**
   * A PUT route with a JSON body.
   *
   * @param template the path template
   * @param body type to bind the body to, as for {@link Route#post(String, Class, dev.scalable.http.BodyHandler)}
   * @param work what answers
   * @param <B> type of the body
   */
  public <B> Route put(String template, Class<B> body, BodyWork<B> work) {
    return put(template, BodyType.of(body), work);
  }

  /** As {@link #put(String, Class, BodyWork)}, with a body of a generic type, such as a list. */
  public <B> Route put(String template, BodyType<B> body, BodyWork<B> work) {
    return described(Route.put(template, body, (request, bound) -> answer(request, work, bound)));
  }

  /**
   * A PATCH route with a JSON body.
   *
   * @param template the path template
   * @param body type to bind the body to, as for {@link Route#post(String, Class, dev.scalable.http.BodyHandler)}
   * @param work what answers
   * @param <B> type of the body
   */
  public <B> Route patch(String template, Class<B> body, BodyWork<B> work) {
    return patch(template, BodyType.of(body), work);
  }

  /** As {@link #patch(String, Class, BodyWork)}, with a body of a generic type, such as a list. */
  public <B> Route patch(String template, BodyType<B> body, BodyWork<B> work) {
    return described(Route.patch(template, body, (request, bound) -> answer(request, work, bound)));
  }

  /**
   * A DELETE route.
   *
   * @param template the path template
   * @param work what answers
   */
  public Route delete(String template, Work work) {
    return described(Route.delete(template, request -> answer(request, work)));
  }

  private <B> Response answer(Request request, BodyWork<B> work, B body) throws Exception {
    return answer(request, (tx, seen) -> work.in(tx, seen, body));
  }

  private Response answer(Request request, Work work) throws Exception {
    Optional<String> key = IdempotencyKey.of(request);
    if (key.isPresent()) {
      return once.answer(request, Identity.of(request, key.get()), work);
    }
    if (required) {
      throw IdempotencyKey.missing();
    }
    return once.answer(request, work);
  }

  private Route described(Route route) {
    table.need();
    return route.describedAs(Description.of("")
        .header(IdempotencyKey.HEADER, required, "A text that no other request has, such as a random UUID, and the same"
            + " one whenever this request is repeated")
        .failing(400,
            "The request or its " + IdempotencyKey.HEADER + " is malformed" + (required ? ", or it has none" : ""))
        .failing(409, "Another request with this " + IdempotencyKey.HEADER + " is not answered yet, if it has"
            + " Retry-After; else the request contradicts the present state")
        .failing(422, "This " + IdempotencyKey.HEADER + " was used for a request with another target or body"));
  }
}
