package dev.scalable.lifecycle;

import java.time.Duration;

/**
 * Something of a service that is started and stopped: a pool, a consumer, the server. Contribute one with Dagger's
 * {@code @IntoSet}. Parts start stage by stage and stop in the reverse order, so that what produces work stops before
 * what it uses. Both methods are called at most once, each on a thread of its own; {@link #stop} after {@link #start}
 * has returned or thrown, or without it, or when an interrupt has not ended it: because its time was over, or because
 * another part could not start.
 */
public interface Part {

  /**
   * When a part starts; it stops in the reverse order. What observes and what connects starts side by side, since it
   * needs nothing of each other and waits for others; the rest one after the other, in the order of the names.
   */
  enum Stage {
    /** What tells how this instance does, from its first step to its last. */
    OBSERVATION,
    /** Links and pools to other systems. One that starts uses no other part. */
    CONNECTIONS,
    /** What works on those: caches, consumers, the application's own parts. */
    WORK,
    /** What lets requests in. */
    TRAFFIC
  }

  /** What to call this part in logs and failures. */
  String name();

  /** When this part starts. */
  default Stage stage() {
    return Stage.WORK;
  }

  /**
   * Starts this part; returns when it can be used.
   *
   * @throws Exception if it cannot be started: the service then stops what it has started, this part included, and exits
   */
  void start() throws Exception;

  /**
   * The time in which {@link #start()} returns; after that it is interrupted, and the service is not started. Half a
   * minute unless said otherwise; a part that fills a cache or waits for a leader may need more.
   */
  default Duration startTimeout() {
    return Duration.ofSeconds(30);
  }

  /**
   * Stops this part and waits until it has stopped. Called also when {@link #start()} failed or was never reached, and
   * then does nothing that needs a started part.
   *
   * @throws Exception if it could not be stopped in order; the other parts are stopped all the same
   */
  void stop() throws Exception;

  /** The time in which {@link #stop()} ends; after that it is interrupted, and the other parts are stopped as well. */
  default Duration stopTimeout() {
    return Duration.ofSeconds(5);
  }
}
