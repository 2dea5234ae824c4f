package dev.scalable.starter;

import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.ClusterBuilder;
import dev.scalable.testkit.cluster.Instance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/**
 * The full stack on this machine, for hands-on work: what {@code ./run} starts. When it ends, only data that was to be kept is left.
 */
@SuppressWarnings("SystemOut") // a command line speaks to the console
final class LocalCluster {

  private LocalCluster() {}

  /** Starts the cluster, and with {@code --smoke} tries it and stops, with an exit code that tells whether it works. */
  public static void main(String[] arguments) {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n./starter-app/run --help says what there is");
      System.exit(64); // EX_USAGE of sysexits.h
      return;
    }
    String merchantToken = ControlPort.random();
    try (DevLoop loop = options.dev() ? DevLoop.of(sources(), LocalCluster::say) : null;
        ControlPort control = ControlPort.open(merchantToken);
        Cluster cluster = start(options, control, merchantToken, loop == null ? app -> app : loop::runs)) {
      if (options.smoke()) {
        Smoke.run(cluster);
      } else {
        control.controls(cluster);
        describe(cluster, options, control, merchantToken);
        if (loop != null) {
          loop.follow(cluster);
          System.out.println("  edit  what is in " + sources() + ", and it runs seconds after you save it\n");
        }
        // Until Ctrl-C: the shutdown hook of the cluster ends what was started.
        new CountDownLatch(1).await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | AssertionError e) {
      System.err.println("\n" + e.getMessage());
      System.exit(1);
    }
  }

  private static void say(String lines) {
    System.out.println(lines);
  }

  /** Starts what the options ask for, with the page's buttons bound to the control port. */
  static Cluster start(Options options, ControlPort control, String merchantToken) {
    return start(options, control, merchantToken, app -> app);
  }

  private static Cluster start(
      Options options, ControlPort control, String merchantToken, UnaryOperator<AppSpec> built) {
    ClusterBuilder builder = Cluster.builder()
        .app(built.apply(AppSpec.mainClass(Main.class).migrate(Migrate.class.getName())
            .env("STARTER_SAMPLE_PRODUCTS", Integer.toString(options.seed()))
            .env("STARTER_MERCHANT_TOKEN", merchantToken)
            .env("STARTER_CONTROL_PORT", Integer.toString(control.port()))
            .env("STARTER_LOG", System.getenv().getOrDefault("STARTER_LOG", options.docker() ? "json" : "text"))))
        .backend(options.docker() ? Backend.DOCKER : options.dev() ? Backend.LOCAL : Backend.AUTO)
        .instances(options.instances())
        .port(options.port())
        .progress(System.out::println);
    options.data().ifPresent(builder::dataDirectory);
    return builder.start();
  }

  /** Those of the service, as {@code target/test-classes} has been made beside them. */
  private static Path sources() {
    return Generation.home(LocalCluster.class).resolve("../../src/main").normalize();
  }

  private static void describe(Cluster cluster, Options options, ControlPort control, String merchantToken) {
    System.out.println();
    System.out.println("  open  " + control.page(cluster));
    System.out.println();
    System.out.println("  " + cluster.uri() + "   Nginx, in front of");
    for (Instance instance : cluster.instances()) {
      System.out.println("    " + instance.uri() + "   " + instance.id() + ", process " + instance.pid());
    }
    System.out.println("    " + cluster.postgres().jdbcUrl() + "   PostgreSQL, user " + cluster.postgres().user()
        + ", password " + cluster.postgres().password());
    System.out.println("    " + cluster.redis().uri() + "   Redis");
    System.out.println("  logs in " + cluster.runDirectory());
    System.out.println("  data " + options.data().map(folder -> "kept in " + folder)
        .orElse("thrown away at the end (--data DIR keeps it)"));
    System.out.println();
    System.out.println("  the merchant's token is " + merchantToken);
    System.out.println();
    System.out.println("  try   curl -i " + cluster.uri() + "/products/1");
    System.out.println("  stop  with Ctrl-C");
    System.out.println();
  }
}
