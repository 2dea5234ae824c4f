package dev.scalable.lifecycle;

import dev.scalable.config.Settings;
import dev.scalable.health.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A service of two parts, in a process of its own: the argument says what becomes of it. */
public final class ChildService {

  private ChildService() {}

  /**
   * With "misconfigured", "broken" or "broken-and-stuck" it does not start, with "slow" not for a long time and with "hung"
   * never; with "stuck" and "broken-and-stuck" its part does not stop.
   */
  public static void main(String[] args) {
    String how = args[0];
    Settings settings = Settings.of(how.equals("misconfigured") ? Map.of("SCALABLE_WHAT", "x") : Map.of());
    Service.of(settings, List.of(new OtherPart(), new ThePart(how)), new Readiness()).run();
    System.out.println("run returned");
  }

  private static final class OtherPart implements Part {

    @Override
    public String name() {
      return "the other part";
    }

    @Override
    public Stage stage() {
      return Stage.CONNECTIONS;
    }

    @Override
    public void start() {}

    @Override
    public void stop() {
      System.out.println("other part stopped");
    }
  }

  private record ThePart(String how) implements Part {

    @Override
    public String name() {
      return "the part";
    }

    @Override
    public void start() throws InterruptedException {
      System.out.println("part starting");
      if (how.startsWith("broken")) {
        throw new IllegalStateException("broken on purpose");
      }
      if (how.equals("slow")) {
        new CountDownLatch(1).await();
      }
      while (how.equals("hung")) {
        Thread.onSpinWait();
      }
      System.out.println("part started");
    }

    @Override
    public void stop() {
      System.out.println("part stopping");
      while (how.endsWith("stuck")) {
        Thread.onSpinWait();
      }
      System.out.println("part stopped");
    }

    @Override
    public Duration startTimeout() {
      return how.equals("hung") ? Duration.ofMillis(300) : Duration.ofMinutes(5);
    }

    @Override
    public Duration stopTimeout() {
      return Duration.ofMinutes(5);
    }
  }
}
