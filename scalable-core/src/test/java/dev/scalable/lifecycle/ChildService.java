package dev.scalable.lifecycle;

import dev.scalable.config.Settings;
import java.util.List;
import java.util.Map;

/** A service of one part, in a process of its own: the argument says what becomes of it. */
public final class ChildService {

  private ChildService() {}

  /** With "misconfigured" or "broken" it does not start. */
  public static void main(String[] args) {
    String how = args[0];
    Settings settings = Settings.of(how.equals("misconfigured") ? Map.of("SCALABLE_WHAT", "x") : Map.of());
    Service.of(settings, List.of(new Part() {
      @Override
      public String name() {
        return "the part";
      }

      @Override
      public void start() {
        if (how.equals("broken")) {
          throw new IllegalStateException("broken on purpose");
        }
        System.out.println("part started");
      }

      @Override
      public void stop() {
        System.out.println("part stopped");
      }
    })).run();
    System.out.println("run returned");
  }
}
