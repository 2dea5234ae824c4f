package dev.scalable.lifecycle;

import dev.scalable.check.StatelessCheck;
import dev.scalable.config.ConfigException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/** The process around a service: how it is told to end, and the code with which it does. */
final class ServiceProcess {

  private static final Logger log = LoggerFactory.getLogger(ServiceProcess.class);

  private static final int FAILED = 1;

  /** EX_CONFIG of sysexits.h, for a start that would fail alike each time: told apart so that nobody restarts such a service in a loop. */
  private static final int MISCONFIGURED = 78;

  /** Time for a part to notice that its start is given up, and for all to stop again. */
  private static final int GIVING_UP_SECONDS = 10;

  private final Service service;
  private final CountDownLatch startIsOver = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable Running running;
  private volatile boolean toldToEnd;

  ServiceProcess(Service service) {
    this.service = service;
  }

  void run() {
    Thread main = Thread.currentThread();
    Signals.secondEndsAtOnce();
    // The JVM waits for its shutdown hooks, so the process outlives SIGTERM until the drain has ended.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(main), "drain"));
    Running started;
    try {
      started = service.start(() -> toldToEnd);
      running = started;
    } catch (ConfigException | StatelessCheck.Failed e) {
      tell(e.getMessage(), null);
      halt(MISCONFIGURED);
      return;
    } catch (RuntimeException e) {
      tell(e.getMessage(), e);
      halt(FAILED);
      return;
    } finally {
      startIsOver.countDown();
    }
    try {
      stopped.await();
    } catch (InterruptedException e) {
      started.close();
      Thread.currentThread().interrupt();
    }
  }

  /** Unless the process ends already, because it was told to: then that is why it ends. */
  private void halt(int code) {
    if (!toldToEnd) {
      Runtime.getRuntime().halt(code);
    }
  }

  private void end(Thread main) {
    toldToEnd = true;
    if (startIsOver.getCount() > 0) {
      main.interrupt();
    }
    try {
      if (!startIsOver.await(GIVING_UP_SECONDS, TimeUnit.SECONDS)) {
        log.error("the start was to be given up and has not ended within {} s; the process ends all the same",
            GIVING_UP_SECONDS);
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    Running started = running;
    if (started != null) {
      started.close();
    }
    stopped.countDown();
  }

  /** To the log; to standard error where there is no log, or else the service would end without a word. */
  @SuppressWarnings("SystemOut")
  private static void tell(@Nullable String message, @Nullable Throwable cause) {
    if (LoggerFactory.getILoggerFactory() instanceof NOPLoggerFactory) {
      System.err.println(message);
    } else {
      log.error("{}", message, cause);
    }
  }
}
