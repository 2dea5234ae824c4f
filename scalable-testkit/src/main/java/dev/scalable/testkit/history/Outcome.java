package dev.scalable.testkit.history;

/**
 * How one request ended, as seen by the client that sent it. Immutable.
 *
 * <p>What an outcome means depends on the request. A read that got no answer failed and may be sent again; a write that
 * got no answer may have taken place, so counting it as failed would be a guess. Such writes are
 * {@link Fate#INDETERMINATE}, which is the {@code :info} of Jepsen's histories.
 */
public sealed interface Outcome {
  /** Answered, and the check was content. */
  record Ok() implements Outcome {
    @Override
    public String reason() {
      return "ok";
    }
  }

  /**
   * Answered with a status that the check refuses.
   *
   * @param status the status code of the answer
   * @param fromBalancer whether the balancer made the answer itself, by its {@code X-Error-Source} header
   */
  record BadStatus(int status, boolean fromBalancer) implements Outcome {
    @Override
    public String reason() {
      return "status " + status + (fromBalancer ? " made by the balancer" : "");
    }
  }

  /**
   * Answered with a good status, and the check refused it or broke.
   *
   * @param reason what the check said
   */
  record CheckFailed(String reason) implements Outcome {}

  /**
   * Answered with bytes that are not an HTTP/1.1 response, or one larger than the client takes.
   *
   * @param reason what was wrong with them
   */
  record Malformed(String reason) implements Outcome {}

  /**
   * No connection: the address refused it or cannot be reached. Nothing was sent.
   *
   * @param reason what the operating system said
   */
  record Refused(String reason) implements Outcome {}

  /** No connection within the connect timeout. Nothing was sent. */
  record ConnectTimeout() implements Outcome {
    @Override
    public String reason() {
      return "no connection within the connect timeout";
    }
  }

  /**
   * The connection ended before the first byte of an answer.
   *
   * @param reused whether the connection had carried an answer before: then the server may have closed an idle
   *     connection just as the request was sent (RFC 9112 section 9.3.1)
   */
  record ClosedBeforeResponse(boolean reused) implements Outcome {
    @Override
    public String reason() {
      return "closed before the response, on a " + (reused ? "reused" : "new") + " connection";
    }
  }

  /** The connection ended inside an answer. */
  record ResetMidResponse() implements Outcome {
    @Override
    public String reason() {
      return "closed or reset within the response";
    }
  }

  /** No complete answer within the read timeout. */
  record ReadTimeout() implements Outcome {
    @Override
    public String reason() {
      return "no complete response within the read timeout";
    }
  }

  /**
   * Not sent, for a reason that lies with the load generator.
   *
   * @param reason why it was not sent
   */
  record Dropped(String reason) implements Outcome {}

  /** Returns one line for a person: what happened, without the request. */
  String reason();

  /** Returns the name under which equal endings are counted, such as {@code BadStatus 503} or {@code ReadTimeout}. */
  default String label() {
    return switch (this) {
      case BadStatus bad -> "BadStatus " + bad.status() + (bad.fromBalancer() ? " (balancer)" : "");
      case ClosedBeforeResponse closed -> closed.reused() ? "ClosedBeforeResponse (reused)" : "ClosedBeforeResponse";
      case Ok ok -> "Ok";
      case CheckFailed failed -> "CheckFailed";
      case Malformed malformed -> "Malformed";
      case Refused refused -> "Refused";
      case ConnectTimeout timeout -> "ConnectTimeout";
      case ResetMidResponse reset -> "ResetMidResponse";
      case ReadTimeout timeout -> "ReadTimeout";
      case Dropped dropped -> "Dropped";
    };
  }

  /**
   * Returns how this ending is counted.
   *
   * <p>A 504 to a write is indeterminate whoever made it: something behind the one who answers took too long and may
   * have done it all the same, be it an instance behind the balancer or a database behind the application (RFC 9110
   * section 15.6.5). So is a 502 that the balancer made: it lost an instance that it may have handed the request to,
   * and knows no more than a client whose connection was reset. A 503 says that the request was refused.
   *
   * @param write whether the request may change state, that is whether its method is not safe (RFC 9110 section 9.2.1)
   */
  default Fate fate(boolean write) {
    return switch (this) {
      case Ok ok -> Fate.OK;
      case Dropped dropped -> Fate.DROPPED;
      case CheckFailed failed -> Fate.FAILED;
      case Refused refused -> Fate.FAILED;
      case ConnectTimeout timeout -> Fate.FAILED;
      case BadStatus bad -> unknownIf(write && (bad.status() == 504 || (bad.status() == 502 && bad.fromBalancer())));
      case Malformed malformed -> unknownIf(write);
      case ClosedBeforeResponse closed -> unknownIf(write);
      case ResetMidResponse reset -> unknownIf(write);
      case ReadTimeout timeout -> unknownIf(write);
    };
  }

  private static Fate unknownIf(boolean effectUnknown) {
    return effectUnknown ? Fate.INDETERMINATE : Fate.FAILED;
  }
}
