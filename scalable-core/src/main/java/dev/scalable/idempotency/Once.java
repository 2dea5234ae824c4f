package dev.scalable.idempotency;

import dev.scalable.check.SharedState;
import dev.scalable.config.Settings;
import dev.scalable.db.CommitUnknown;
import dev.scalable.db.Db;
import dev.scalable.db.DbUnavailable;
import dev.scalable.db.Tx;
import dev.scalable.http.JsonCodec;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import dev.scalable.http.Response;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the work of a request once for each key.
 *
 * <p>The claim, the work and the answer are one transaction: they are there together or not at all, whatever dies when.
 * Of the requests of this instance that have one key, one asks the database, and the others wait in memory for what it
 * comes to. Where another instance is at the key, that one asks again and again. So nobody who waits has a connection,
 * and a key that many repeat, or that an instance holds which does not go on, keeps no other request from the database.
 */
@Singleton
@SharedState("which keys this instance is at just now; others find them in the database")
final class Once {

  private static final Logger log = LoggerFactory.getLogger(Once.class);

  private final Db db;
  private final JsonCodec json;
  private final IdempotencySettings settings;
  private final Semaphore places;
  private final ConcurrentHashMap<Digest, CompletableFuture<Optional<Kept>>> underWay = new ConcurrentHashMap<>();

  @Inject
  Once(Db db, JsonCodec json, Settings settings) {
    this(db, json, IdempotencySettings.from(settings));
  }

  Once(Db db, JsonCodec json, IdempotencySettings settings) {
    this.db = db;
    this.json = json;
    this.settings = settings;
    this.places = new Semaphore(settings.maxWaiting());
  }

  /** What a key stands for. */
  private record Kept(Digest fingerprint, Answer answer) {

    /** The response to a repeat. */
    Response to(Identity identity) {
      if (!fingerprint.equals(identity.fingerprint())) {
        throw Problem.of(422, "Unprocessable Content", "This " + IdempotencyKey.HEADER
            + " was used for a request with another target or body: take a new key for a new request");
      }
      return answer.replayed();
    }
  }

  /** What a transaction has come to. */
  private sealed interface Attempt {

    /** The work was done. */
    record Done(Kept kept) implements Attempt {}

    /** It had been done before. */
    record Found(Kept kept) implements Attempt {}

    /** Another transaction is at it. */
    record Busy() implements Attempt {}

    /** The connection was lost while the commit was on its way. */
    record Unknown() implements Attempt {}
  }

  /** Rolls back a transaction whose answer settles nothing. */
  private static final class NotFinal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Response response;

    NotFinal(Response response) {
      super("answered " + response.status(), null, false, false);
      this.response = response;
    }
  }

  /** Does the work of a request without a key, in a transaction that ends as one with a key does. */
  Response answer(Request request, Idempotent.Work work) throws Exception {
    try {
      return db.write(tx -> {
        Response response = work.in(tx, request);
        if (!Answer.isFinal(response)) {
          throw new NotFinal(response);
        }
        return response;
      });
    } catch (NotFinal e) {
      return e.response;
    }
  }

  /**
   * Does the work of a request with a key, or answers what it was answered before.
   *
   * @throws Problem 422 if the key stands for another request; 409 if another request with it does not end in time; 503
   *     if too many wait, or if it is not known whether the work was done
   */
  Response answer(Request request, Identity identity, Idempotent.Work work) throws Exception {
    try (Waiting waiting = new Waiting(places, request.remaining())) {
      while (true) {
        CompletableFuture<Optional<Kept>> own = new CompletableFuture<>();
        CompletableFuture<Optional<Kept>> other = underWay.putIfAbsent(identity.scope(), own);
        if (other == null) {
          return lead(request, identity, work, waiting, own);
        }
        Optional<Kept> kept = waiting.until(other);
        if (kept.isPresent()) {
          return kept.get().to(identity);
        }
        // It came to nothing: this request, or another that waited, is the next to try.
      }
    }
  }

  private Response lead(Request request, Identity identity, Idempotent.Work work, Waiting waiting,
      CompletableFuture<Optional<Kept>> own) throws Exception {
    Optional<Kept> outcome = Optional.empty();
    try {
      boolean unknown = false;
      while (true) {
        switch (attempt(request, identity, work, unknown)) {
          case Attempt.Done done -> {
            outcome = Optional.of(done.kept());
            return done.kept().answer().response();
          }
          case Attempt.Found found -> {
            outcome = Optional.of(found.kept());
            return found.kept().to(identity);
          }
          case Attempt.Busy busy -> waiting.pause();
          case Attempt.Unknown lost -> {
            // With the key it can be found out: either the row is there, or nobody is at it and the work was not done.
            unknown = true;
            waiting.pause();
          }
        }
      }
    } catch (NotFinal e) {
      return e.response;
    } finally {
      underWay.remove(identity.scope(), own);
      own.complete(outcome);
    }
  }

  private Attempt attempt(Request request, Identity identity, Idempotent.Work work, boolean unknown) throws Exception {
    try {
      return db.write(tx -> claim(tx, request, identity, work));
    } catch (CommitUnknown e) {
      log.warn("{} {}: {}; its key will tell", request.id(), request.route(), e.getMessage());
      return new Attempt.Unknown();
    } catch (DbUnavailable e) {
      if (!unknown) {
        throw e;
      }
      // Not as the exception has it: the attempt before this one may have changed something.
      log.warn("{} {}: whether it was saved is still unknown", request.id(), request.route(), e);
      throw Problem.unavailable("The connection to the database was lost while saving: repeat it with the same "
          + IdempotencyKey.HEADER + " to find out whether it was saved");
    }
  }

  private Attempt claim(Tx tx, Request request, Identity identity, Idempotent.Work work) throws Exception {
    byte[] scope = identity.scope().bytes();
    Keys.Claim claim = Keys.claim(tx, identity.scope().first(), scope);
    Keys.Row row = claim.row();
    if (row != null && !row.expired()) {
      return new Attempt.Found(kept(row));
    }
    if (!claim.turn() || (row != null && tx.dao(Keys.class).forget(scope) == 0)) {
      return new Attempt.Busy();
    }
    Response response = Objects.requireNonNull(work.in(tx, request),
        "a handler returned null; it must return a response, or throw a Problem");
    if (!Answer.isFinal(response)) {
      throw new NotFinal(response);
    }
    Answer answer = Answer.of(response, json);
    tx.withCommit(Keys.KEEP, scope, identity.fingerprint().bytes(), settings.keep().toMillis(), answer.status(),
        answer.headers(), answer.contentType(), answer.content());
    return new Attempt.Done(new Kept(identity.fingerprint(), answer));
  }

  private static Kept kept(Keys.Row row) {
    return new Kept(Digest.known(row.fingerprint()), new Answer(row.status(), row.headers(), row.contentType(),
        row.content()));
  }

  /** Whether no key is under way here and nobody waits for one. */
  boolean isIdle() {
    return underWay.isEmpty() && places.availablePermits() == settings.maxWaiting();
  }
}
