package dev.scalable.testkit.cluster;

import static dev.scalable.testkit.load.Load.users;

import dev.scalable.testkit.run.Run;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A JVM with a cluster, that is ended from outside. */
public final class ClusterMain {
  /** What it prints when its cluster runs. */
  static final String READY = "the cluster runs";

  /** What it prints in the argument "again", when the cluster is loaded, then closed, and then gone. */
  static final String LOADING = "loading";

  static final String CLOSING = "closing";
  static final String CLOSED = "closed";

  private ClusterMain() {}

  /**
   * Holds a cluster. With the argument "hanging" its cluster never gets past the migration; with "again" it starts,
   * loads and closes one after the other; with "sweep" it only begins a run, as every start does first, and ends it.
   */
  public static void main(String[] args) throws InterruptedException {
    switch (args.length == 0 ? "" : args[0]) {
      case "sweep" -> Run.begin(false, false).close();
      case "again" -> again();
      case "hanging" -> hold(AppSpec.mainClass(TinyApp.class).migrate(HangingMigration.class.getName()));
      default -> hold(AppSpec.mainClass(TinyApp.class));
    }
  }

  private static void hold(AppSpec app) throws InterruptedException {
    Cluster cluster = Cluster.builder().app(app).progress(System.out::println).start();
    System.out.println(READY + ": " + cluster);
    new CountDownLatch(1).await();
  }

  private static void again() {
    for (;;) {
      try (Cluster cluster = Tiny.cluster().start()) {
        System.out.println(LOADING);
        cluster.load().get("/").closed(users(4).during(Duration.ofSeconds(1))).run();
        System.out.println(CLOSING);
      }
      System.out.println(CLOSED);
    }
  }

  /** A migration that does not end. */
  static final class HangingMigration {
    private HangingMigration() {}

    /** Ends only by a signal. */
    public static void main(String[] args) throws InterruptedException {
      new CountDownLatch(1).await();
    }
  }
}
