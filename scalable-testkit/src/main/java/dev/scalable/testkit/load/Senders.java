package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** All who send the requests of one run. */
interface Senders {
  /** Starts them; they warm up, connect and wait for the start of the run. */
  void start();

  /** Counts down to zero when all of them are ready. */
  CountDownLatch ready();

  /** Counts down to zero when all of them have ended. */
  CountDownLatch ended();

  /** What happened, in any order; once all have ended. */
  Stream<Exchange> exchanges();
}
