package dev.scalable.lifecycle;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a started service, stopped once in reverse order. */
final class Started implements Running {

  private static final Logger log = LoggerFactory.getLogger(Started.class);

  private final List<Part> parts;
  private final AtomicBoolean closed = new AtomicBoolean();

  Started(List<Part> parts) {
    this.parts = parts;
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    for (Part part : parts.reversed()) {
      try {
        part.stop();
      } catch (Exception | Error e) {
        // One part that will not stop must not keep the others from stopping.
        log.error("{} did not stop in order: {}", part.name(), e.getMessage(), e);
      }
    }
    log.info("stopped");
  }
}
