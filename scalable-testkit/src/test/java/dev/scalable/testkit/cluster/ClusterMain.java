package dev.scalable.testkit.cluster;

import java.util.concurrent.CountDownLatch;

/** A JVM that holds a cluster until it is ended from outside. */
public final class ClusterMain {
  /** What it prints when its cluster runs. */
  static final String READY = "the cluster runs";

  private ClusterMain() {}

  /** With the argument "hanging" its cluster never gets past the migration. */
  public static void main(String[] args) throws InterruptedException {
    AppSpec app = AppSpec.mainClass(TinyApp.class);
    boolean hanging = args.length > 0 && args[0].equals("hanging");
    Cluster cluster = Cluster.builder().app(hanging ? app.migrate(HangingMigration.class.getName()) : app)
        .progress(System.out::println).start();
    System.out.println(READY + ": " + cluster);
    new CountDownLatch(1).await();
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
